using Distributed.Actors.Tests.Conformance;

namespace Distributed.Actors.Tests.InProcess;

internal sealed class InProcessRig : IRig
{
    private readonly ManualTime _time = new();
    private readonly InProcessHost _host;

    public InProcessRig() => _host = new InProcessHost(time: _time);

    public IActorHost Far => _host;

    public IActorHost Near => _host;

    public long DeadLetters => _host.DeadLetters;

    public Task<ActorRef> SeenFromNear(string farActor) => Task.FromResult(_host.Find(farActor)!);

    public Task Until(Func<bool> condition, string what) => Wait.Until(condition, what);

    public Task Advance(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }

    public void StopFar(ActorRef actor) => _host.Stop(actor);

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
