using System.Net;
using Distributed.Actors.Tests.Conformance;

namespace Distributed.Actors.Tests.Tcp;

internal sealed class TcpRig : IRig
{
    private readonly ManualTime _time = new();
    private readonly TcpHost _far;
    private readonly TcpHost _near;

    private TcpRig(TcpHostOptions options)
    {
        _far = new TcpHost(options with { Name = "far/1", Time = _time });
        _near = new TcpHost(options with { Name = "near/2", Time = _time });
    }

    public IActorHost Far => _far;

    public IActorHost Near => _near;

    public long DeadLetters => _far.DeadLetters + _near.DeadLetters;

    public static async Task<IRig> CreateAsync(TcpHostOptions options)
    {
        var rig = new TcpRig(options);
        await rig._far.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0));
        await rig._near.Connect(rig._far.BoundEndPoint!).WhenConnected.WaitAsync(Wait.Bound);
        return rig;
    }

    public Task<ActorRef> SeenFromNear(string farActor) => Task.FromResult(_near.Remote(_far.BoundEndPoint!, farActor));

    public Task Until(Func<bool> condition, string what) => Wait.Until(condition, what);

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

public sealed class TcpConformanceTests : HostConformance
{
    protected override Task<IRig> CreateRig() => TcpRig.CreateAsync(new TcpHostOptions());
}

/// <summary>The same where everything goes over the sockets.</summary>
public sealed class SocketConformanceTests : HostConformance
{
    protected override Task<IRig> CreateRig() => TcpRig.CreateAsync(new TcpHostOptions { SharesMemory = false });
}

/// <summary>The same with all that keeps strangers out.</summary>
public sealed class SecuredTcpConformanceTests : HostConformance
{
    private static readonly TestAuthority Authority = new();

    protected override Task<IRig> CreateRig() =>
        TcpRig.CreateAsync(new TcpHostOptions { Tls = Authority.Credentials(), Secret = SharedSecret.Draw().Secret, SharesMemory = false });
}
