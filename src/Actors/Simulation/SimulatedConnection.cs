namespace Distributed.Actors.Simulated;

/// <summary>A connection of two nodes, made by one of them: it belongs to the lives that the two have at that moment.</summary>
internal sealed class SimulatedConnection
{
    public SimulatedConnection(Simulation simulation, long number, SimulatedLife dialling, SimulatedLife dialled)
    {
        (Number, Simulation) = (number, simulation);
        (Dialling, Dialled) = (new SimulatedSide(this, dialling, dialled), new SimulatedSide(this, dialled, dialling));
        (Dialling.Other, Dialled.Other) = (Dialled, Dialling);
    }

    public Simulation Simulation { get; }

    public long Number { get; }

    public SimulatedSide Dialling { get; }

    public SimulatedSide Dialled { get; }

    public bool IsOver => Dialling.IsClosed && Dialled.IsClosed;

    public bool IsBetween(SimulatorHost a, SimulatorHost b) =>
        (Dialling.Host == a && Dialled.Host == b) || (Dialling.Host == b && Dialled.Host == a);

    /// <summary>Breaks now: what is on its way is lost, both sides are told (one that stands still: when it wakes).</summary>
    public void Break(string reason)
    {
        var cut = Simulation.Network.CutInMessage;
        Dialling.Abort(cut);
        Dialled.Abort(cut);
        Dialled.Tell(Dialling, reason);
        Dialling.Tell(Dialled, reason);
    }

    /// <summary>Something has changed that may make a direction quiet or let frames through again.</summary>
    public void Reconsider()
    {
        Dialling.Reconsider();
        Dialled.Reconsider();
    }
}
