using Distributed.Actors.Tests;
using Distributed.Actors.Tests.Tcp;
using Distributed.Protocol;

namespace Distributed.Actors.Akka.Tests;

public sealed class AkkaHostTests
{
    [Fact]
    public void Other_machines_are_listened_to_with_certificates_only()
    {
        foreach (var host in new[] { "0.0.0.0", "192.0.2.1", "trainer.example" })
        {
            var refusal = Assert.Throws<HostException>(() => AkkaHost.Start(new AkkaHostOptions { Hostname = host }));
            Assert.Contains("--tls-cert", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("akka.remote = [1, 2")]
    [InlineData("}")]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size = 128000b")]
    [InlineData("akka.actor.provider = \"No.Such.Type, Nowhere\"")]
    public void Settings_that_cannot_be_used_are_refused_in_a_sentence(string settings) =>
        Assert.Throws<HostException>(() => AkkaHost.Start(new AkkaHostOptions { Settings = settings }));

    [Fact]
    public async Task Settings_of_the_user_are_over_those_of_this_project()
    {
        await using var host = AkkaHost.Start(new AkkaHostOptions { Settings = "akka.cluster.split-brain-resolver.stable-after = 33 s" });
        Assert.Equal(TimeSpan.FromSeconds(33), host.System.Settings.Config.GetTimeSpan("akka.cluster.split-brain-resolver.stable-after"));
        Assert.Equal("keep-oldest", host.System.Settings.Config.GetString("akka.cluster.split-brain-resolver.active-strategy"));
    }

    /// <summary>As it ends when the others have removed this node.</summary>
    [Fact]
    public async Task When_the_actor_system_has_ended_its_actors_count_as_stopped()
    {
        await using var host = AkkaHost.Start(new AkkaHostOptions());
        var actor = Recorder.Spawn(host).Ref;
        await host.System.Terminate();
        Assert.IsType<HostException>(await host.WhenStopped(actor).WaitAsync(Actors.Tests.Wait.Bound));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_of()
    {
        await using var first = AkkaHost.Start(new AkkaHostOptions());
        var refusal = Assert.Throws<HostException>(() => AkkaHost.Start(new AkkaHostOptions { Port = first.Address.Port!.Value }));
        Assert.Contains($"127.0.0.1:{first.Address.Port}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_is_not_there_is_not_joined()
    {
        await using var host = AkkaHost.Start(new AkkaHostOptions());
        var nobody = await Assert.ThrowsAsync<HostException>(() => host.JoinAsync([("127.0.0.1", 1)], TimeSpan.FromSeconds(3)));
        Assert.Contains("no node of a cluster answers at 127.0.0.1:1", nobody.Message, StringComparison.Ordinal);
    }

    /// <summary>Of another authority; and with none, against one that has some.</summary>
    [Fact]
    public async Task Who_shows_no_certificate_of_the_authority_is_kept_out()
    {
        var authority = new TestAuthority();
        await using var far = AkkaHost.Start(new AkkaHostOptions { Tls = authority.Credentials() });
        var inbox = Recorder.Spawn(far, "far");
        foreach (var tls in (TlsCredentials?[])[new TestAuthority("another").Credentials(), null, authority.Credentials(authority.Issue(ends: -1))])
        {
            await using var near = AkkaHost.Start(new AkkaHostOptions { Tls = tls });
            await Assert.ThrowsAsync<HostException>(() => near.FindAsync(far.Address, "far"));
        }

        await using var friend = AkkaHost.Start(new AkkaHostOptions { Tls = authority.Credentials() });
        (await friend.FindAsync(far.Address, "far")).Tell(new Finish());
        await Actors.Tests.Wait.Until(() => inbox.Count == 1, "who belongs to it is let in");
    }

    /// <summary>The dialled side's certificate names another host.</summary>
    [Fact]
    public async Task A_certificate_must_name_the_host_that_is_dialled()
    {
        var authority = new TestAuthority();
        await using var far = AkkaHost.Start(new AkkaHostOptions { Tls = authority.Credentials(authority.Issue(["elsewhere.example"], [])) });
        Recorder.Spawn(far, "far");
        await using var near = AkkaHost.Start(new AkkaHostOptions { Tls = authority.Credentials() });
        await Assert.ThrowsAsync<HostException>(() => near.FindAsync(far.Address, "far"));
    }
}
