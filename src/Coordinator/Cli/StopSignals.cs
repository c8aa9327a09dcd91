using System.Runtime.InteropServices;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli;

/// <summary>Turns the first Ctrl-C or termination signal into a request to stop; the second ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action<string> _stop;
    private int _seen;

    /// <param name="stop">Told once, from any thread, what asked for the stop.</param>
    public StopSignals(Action<string> stop)
    {
        _stop = stop;
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM])
            _registrations.Add(PosixSignalRegistration.Create(signal, On));
    }

    /// <summary>Whether it was the signal that a service manager sends: nobody sits there who would know that the run is not done.</summary>
    public bool IsTermination { get; private set; }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void On(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _seen) > 1) Environment.Exit(ExitCode.Interrupted);
        IsTermination = context.Signal == PosixSignal.SIGTERM;
        _stop(context.Signal == PosixSignal.SIGINT ? "interrupted by the user" : "asked to terminate");
    }
}
