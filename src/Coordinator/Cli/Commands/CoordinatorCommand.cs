using System.CommandLine;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>coordinator JOB.yaml --listen HOST:PORT --workers N</c>: leads a run whose workers come from elsewhere.</summary>
internal static class CoordinatorCommand
{
    public static Command Create(TimeProvider time)
    {
        var command = new Command("coordinator", "Lead a run: wait for workers to join, then train.");
        var run = new RunOptionsSet();
        run.AddTo(command);
        var listen = new Option<string>("--listen")
        {
            HelpName = "HOST:PORT",
            Description = "Where workers connect. The port 0 is any free one. Only what stands here is listened on. An address that other "
                + "machines can reach is wanted with --secret-file, with certificates or with both.",
            Required = true,
        };
        command.Options.Add(listen);
        var security = new SecurityOptionsSet();
        security.AddTo(command);
        command.SetAction((parsed, _) => new TrainSession(
            run.Read(parsed, WorkerPlace.Elsewhere, 1, HostPort.Parse(parsed.GetValue(listen)!, "--listen", 0), 0)
                with
            { Security = security.Read(parsed) }, time).RunAsync());
        return command;
    }
}
