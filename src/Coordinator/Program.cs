using Distributed.Coordinator.Cli;
using Distributed.Worker.Cli;

return await CommandRunner.RunAsync(CommandLine.Create(TimeProvider.System), args).ConfigureAwait(false);
