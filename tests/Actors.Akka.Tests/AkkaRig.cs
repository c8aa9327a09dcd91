using Distributed.Actors.Tests.Conformance;

namespace Distributed.Actors.Akka.Tests;

/// <summary>Two nodes that talk over Akka.Remote.</summary>
internal sealed class AkkaRig : IRig
{
    private readonly Actors.Tests.ManualTime _time = new();
    private readonly AkkaHost _far;
    private readonly AkkaHost _near;

    public AkkaRig()
    {
        _far = AkkaHost.Start(new AkkaHostOptions { Time = _time });
        _near = AkkaHost.Start(new AkkaHostOptions { Time = _time });
    }

    public IActorHost Far => _far;

    public IActorHost Near => _near;

    public long DeadLetters => _far.DeadLetters + _near.DeadLetters;

    public Task<ActorRef> SeenFromNear(string farActor) => _near.FindAsync(_far.Address, farActor);

    public Task Until(Func<bool> condition, string what) => Actors.Tests.Wait.Until(condition, what);

    public Task Advance(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }

    public void StopFar(ActorRef actor) => _far.Stop(actor);

    public async ValueTask DisposeAsync()
    {
        await _near.DisposeAsync();
        await _far.DisposeAsync();
    }
}

public sealed class AkkaConformanceTests : HostConformance
{
    protected override Task<IRig> CreateRig() => Task.FromResult<IRig>(new AkkaRig());
}
