using System.Net;
using System.Text;
using System.Text.Json;
using Distributed.Actors;
using Distributed.Coordinator.Dashboards;
using Distributed.Engine.Images;
using Distributed.Worker.Cli;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distributed.Coordinator.Tests.Dashboards;

/// <summary>Who is let in, and what the page is told.</summary>
public sealed class DashboardServerTests : IAsyncLifetime
{
    private static readonly HostPort Loopback = new("127.0.0.1", 0), Everywhere = new("0.0.0.0", 0);

    private readonly Source _source = new();
    private readonly HttpClient _browser = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
    private DashboardServer _server = null!;

    public async Task InitializeAsync() => _server = await StartAsync(Loopback, Security.None);

    [Theory]
    [InlineData("", "text/html")]
    [InlineData("page.js", "text/javascript")]
    [InlineData("page.css", "text/css")]
    public async Task The_page_comes_with_all_that_it_needs(string path, string type)
    {
        using var answer = await _browser.GetAsync(new Uri(_server.Address + path));
        Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("http://", text.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("https://", text, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_asked_for_is_what_the_page_has_not_seen()
    {
        using var answer = await _browser.GetAsync(new Uri(_server.Address + "api/run?steps=3&epochs=2&events=1&resumes=4"));
        Assert.Equal(new Seen(3, 2, 1, 4), _source.Asked);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("training", json.RootElement.GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_picture_is_a_png_and_another_name_is_none()
    {
        var bytes = await _browser.GetByteArrayAsync(new Uri(_server.Address + "picture/filters.png"));
        Assert.Equal(2, Png.Decode(bytes).Width);
        using var none = await _browser.GetAsync(new Uri(_server.Address + "picture/..%2Frun.json.png"));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task Another_sites_page_can_neither_read_nor_stop_the_run()
    {
        using var read = new HttpRequestMessage(HttpMethod.Get, _server.Address + "api/run") { Headers = { Host = "elsewhere.example" } };
        using var unread = await _browser.SendAsync(read);
        Assert.Equal(HttpStatusCode.Forbidden, unread.StatusCode);
        using var plain = await _browser.PostAsync(new Uri(_server.Address + "api/stop"), null); // a form of another page can do as much
        Assert.Equal(HttpStatusCode.NotFound, plain.StatusCode);
        Assert.Equal(0, _source.Stops);
    }

    [Fact]
    public async Task The_buttons_are_answered()
    {
        using var stop = new HttpRequestMessage(HttpMethod.Post, _server.Address + "api/stop") { Headers = { { "X-Distributed", "1" } } };
        using var stopped = await _browser.SendAsync(stop);
        Assert.Equal((HttpStatusCode.OK, 1), (stopped.StatusCode, _source.Stops));
        using var save = new HttpRequestMessage(HttpMethod.Post, _server.Address + "api/checkpoint") { Headers = { { "X-Distributed", "1" } } };
        using var refused = await _browser.SendAsync(save);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("nowhere to write", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_other_machines_can_reach_it_a_secret_is_wanted()
    {
        var wrong = await Assert.ThrowsAsync<UserException>(() => StartAsync(Everywhere, Security.None));
        Assert.Contains("--secret-file", wrong.Message, StringComparison.Ordinal);
        var secret = SharedSecret.From(Encoding.ASCII.GetBytes(new string('s', 40)), "test");
        await using var server = await StartAsync(Everywhere, new Security(secret, null));
        var address = $"http://127.0.0.1:{new Uri(server.Address).Port}/";
        foreach (var path in (string[])["", "api/run", "page.js", "?token=", "?token=00"])
        {
            using var refused = await _browser.GetAsync(new Uri(address + path));
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Contains("This run has a secret", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        using var admitted = await _browser.GetAsync(new Uri($"{address}?token={secret.ControlToken()}"));
        Assert.Equal((HttpStatusCode.SeeOther, "/"), (admitted.StatusCode, admitted.Headers.Location!.ToString()));
        var cookie = admitted.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        using var look = new HttpRequestMessage(HttpMethod.Get, address + "api/run") { Headers = { { "Cookie", cookie.Split(';')[0] } } };
        using var seen = await _browser.SendAsync(look);
        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
    }

    [Fact]
    public async Task The_end_waits_for_a_page_that_is_open_and_for_no_other()
    {
        await _server.LetLookAsync(); // nobody looks
        using (await _browser.GetAsync(new Uri(_server.Address + "api/run")))
        {
        }
        var end = _server.LetLookAsync();
        Assert.False(end.IsCompleted);
        using (await _browser.GetAsync(new Uri(_server.Address + "api/run")))
        {
        }
        await end.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        await _server.DisposeAsync();
    }

    private Task<DashboardServer> StartAsync(HostPort place, Security security) =>
        DashboardServer.StartAsync(place, security, _source, NullLoggerFactory.Instance, TimeProvider.System);

    private sealed class Source : IDashboardSource
    {
        public Seen Asked { get; private set; }

        public int Stops { get; private set; }

        public Task<DashboardData> LookAsync(Seen seen, CancellationToken cancel)
        {
            Asked = seen;
            return Task.FromResult(new DashboardData("run", "job", "training", null, true, 1, 2, 1, 2, 0.5, null, 100, 1, 0, [], [], [], [], [], null, [], [], 0, null));
        }

        public byte[]? Picture(string name) => name == "filters" ? Png.Encode(new Image(2, 2, 1, new byte[4])) : null;

        public Task<DashboardAnswer> StopAsync()
        {
            Stops++;
            return Task.FromResult(new DashboardAnswer("stops", true));
        }

        public Task<DashboardAnswer> CheckpointAsync(CancellationToken cancel) => Task.FromResult(new DashboardAnswer("there is nowhere to write", false));
    }
}
