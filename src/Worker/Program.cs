using System.CommandLine;
using Distributed.Worker.Cli;

var root = new RootCommand("Joins a coordinator and computes for it.");
WorkerCommand.Create(root, TimeProvider.System);
return await CommandRunner.RunAsync(root, args).ConfigureAwait(false);
