using Distributed.Simulations.Cli;
using Distributed.Worker.Cli;

return await CommandRunner.RunAsync(SimulationCommand.Create(), args).ConfigureAwait(false);
