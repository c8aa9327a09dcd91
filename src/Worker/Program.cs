using System.CommandLine;
using Distributed.Worker.Cli;

var root = new RootCommand("Joins a coordinator and computes for it.");
WorkerCommand.Create(root, TimeProvider.System);
HelpWithExamples.AddTo(root, new Dictionary<string, string> { [root.Name] = "--coordinator 192.168.1.10:5000 --secret-file secret.txt" });
return await CommandRunner.RunAsync(root, args).ConfigureAwait(false);
