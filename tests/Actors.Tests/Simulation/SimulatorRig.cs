using Distributed.Actors.Tests.Conformance;

namespace Distributed.Actors.Tests.Simulations;

internal sealed class SimulatorRig : IRig
{
    private readonly Simulation _simulation = new(seed: 1);
    private readonly SimulatorHost _far;
    private readonly SimulatorHost _near;

    public SimulatorRig() => (_far, _near) = (_simulation.AddNode("far"), _simulation.AddNode("near"));

    public IActorHost Far => _far;

    public IActorHost Near => _near;

    public long DeadLetters => _far.DeadLetters + _near.DeadLetters;

    public Task<ActorRef> SeenFromNear(string farActor) => Task.FromResult(_near.Remote(_far, farActor));

    public Task Until(Func<bool> condition, string what)
    {
        Assert.True(_simulation.RunUntil(condition, TimeSpan.FromMinutes(10)), $"It never came to this: {what}.");
        return Task.CompletedTask;
    }

    public Task Advance(TimeSpan time)
    {
        _simulation.RunFor(time);
        return Task.CompletedTask;
    }

    public void StopFar(ActorRef actor) => _far.Stop(actor);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

public sealed class SimulatorConformanceTests : HostConformance
{
    protected override Task<IRig> CreateRig() => Task.FromResult<IRig>(new SimulatorRig());
}
