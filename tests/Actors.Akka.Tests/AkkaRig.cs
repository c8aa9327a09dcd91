using Distributed.Actors.Tests;
using Distributed.Actors.Tests.Conformance;
using Distributed.Actors.Tests.Tcp;

namespace Distributed.Actors.Akka.Tests;

/// <summary>Two nodes that talk over Akka.Remote.</summary>
internal sealed class AkkaRig : IRig
{
    private readonly ManualTime _time = new();

    public AkkaRig(AkkaHostOptions? options = null)
    {
        options = (options ?? new AkkaHostOptions()) with { Time = _time };
        FarNode = AkkaHost.Start(options);
        NearNode = AkkaHost.Start(options);
    }

    public AkkaHost FarNode { get; }

    public AkkaHost NearNode { get; }

    public IActorHost Far => FarNode;

    public IActorHost Near => NearNode;

    public long DeadLetters => FarNode.DeadLetters + NearNode.DeadLetters;

    public Task<ActorRef> SeenFromNear(string farActor) => NearNode.FindAsync(FarNode.Address, farActor);

    public Task Until(Func<bool> condition, string what) => Wait.Until(condition, what);

    public Task Advance(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }

    public void StopFar(ActorRef actor) => FarNode.Stop(actor);

    public async ValueTask DisposeAsync()
    {
        await NearNode.DisposeAsync();
        await FarNode.DisposeAsync();
    }
}

public sealed class AkkaConformanceTests : HostConformance
{
    protected override Task<IRig> CreateRig() => Task.FromResult<IRig>(new AkkaRig());
}

/// <summary>The same with mutual TLS.</summary>
public sealed class SecuredAkkaConformanceTests : HostConformance
{
    private static readonly TestAuthority Authority = new();

    protected override Task<IRig> CreateRig() => Task.FromResult<IRig>(new AkkaRig(new AkkaHostOptions { Tls = Authority.Credentials() }));
}

/// <summary>The same where chunks have connections of their own.</summary>
public sealed class DataPlaneConformanceTests : HostConformance
{
    protected override Task<IRig> CreateRig() => Task.FromResult<IRig>(new AkkaRig(new AkkaHostOptions { TensorsOverTcp = true }));
}
