using Distributed.Worker.Cli;

namespace Distributed.Worker.Tests.Cli;

public sealed class HostPortTests
{
    [Theory]
    [InlineData("127.0.0.1:5000", "127.0.0.1", 5000)]
    [InlineData("trainer.local:1", "trainer.local", 1)]
    [InlineData("localhost:65535", "localhost", 65535)]
    [InlineData("[::1]:5000", "::1", 5000)]
    public void Reads_and_writes(string text, string host, int port)
    {
        var place = HostPort.Parse(text, "--coordinator", 1);

        Assert.Equal(new HostPort(host, port), place);
        Assert.Equal(text, place.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("5000")]
    [InlineData("localhost:")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:-1")]
    [InlineData("localhost: 5")]
    [InlineData("local host:5")]
    [InlineData("::1:5000")]
    [InlineData("[::1]5000")]
    public void Refuses_with_what_was_wanted_and_what_came(string text)
    {
        var refusal = Assert.Throws<UserException>(() => HostPort.Parse(text, "--coordinator", 1));

        Assert.Equal($"--coordinator: wanted HOST:PORT with a port from 1 to 65535, as in 127.0.0.1:5000, came \"{text}\"", refusal.Message);
    }

    [Fact]
    public void Several_have_commas_between()
    {
        Assert.Equal([new HostPort("one", 1), new HostPort("::1", 2)], HostPort.ParseList("one:1,[::1]:2", "--coordinator"));
        Assert.Contains("came \"\"", Assert.Throws<UserException>(() => HostPort.ParseList("one:1,", "--coordinator")).Message);
        Assert.Equal("--coordinator: one:1 stands there twice",
            Assert.Throws<UserException>(() => HostPort.ParseList("one:1,two:1,one:1", "--coordinator")).Message);
    }

    [Fact]
    public void Any_free_port_where_it_makes_sense() => Assert.Equal(0, HostPort.Parse("127.0.0.1:0", "--listen", 0).Port);

    [Fact]
    public async Task A_name_is_looked_up_to_listen_on() =>
        Assert.Equal(5000, (await new HostPort("localhost", 5000).ResolveAsync("--listen")).Port);
}
