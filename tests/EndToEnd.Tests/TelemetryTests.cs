using System.Text.RegularExpressions;
using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>Metrics and spans as a receiver of OTLP gets them.</summary>
public sealed partial class TelemetryTests
{
    [Fact]
    public async Task A_receiver_gets_metrics_and_spans_of_coordinator_and_workers()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        using var folder = new Folder();
        using var train = Tool.Coordinator(receiver.Environment, "train", Path.Combine(Script.Root, "examples", "spiral.yaml"), "--set", "epochs=3", "--workers", "1",
            "--checkpoints", folder["checkpoints"]);
        await train.ExitAsync(0);
        var (metrics, traces) = (receiver.Metrics, receiver.Traces);
        string[] ofFailures = ["distributed.steps.skipped", "distributed.workers.lost"];
        foreach (var name in Instruments().Except(ofFailures)) Assert.True(metrics.Contains(name), $"the receiver has no {name}");
        foreach (var service in (string[])["distributed-coordinator", "distributed-worker"])
        {
            Assert.Contains(service, metrics);
            Assert.Contains(service, traces);
        }
        foreach (var span in Spans()) Assert.True(traces.Contains($"\u002A{(char)span.Length}{span}"), $"the receiver has no span {span}");
        Assert.Contains(train.Fingerprint, traces);
    }

    [Fact]
    public async Task What_is_no_address_is_refused()
    {
        using var train = Tool.Coordinator(new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "localhost" }, "train",
            Path.Combine(Script.Root, "examples", "xor.yaml"));
        await train.ExitAsync(2);
        Assert.Equal("OTEL_EXPORTER_OTLP_ENDPOINT: wanted an address as in http://localhost:4317, came \"localhost\"", train.Errors);
    }

    [Fact]
    public void The_page_has_every_instrument_and_none_besides()
    {
        var source = Directory.GetFiles(Path.Combine(Script.Root, "src"), "*Instruments.cs", SearchOption.AllDirectories).Select(File.ReadAllText);
        var made = source.SelectMany(text => Created().Matches(text)).Select(match => match.Groups[1].Value);
        Assert.Equal(made.Order(StringComparer.Ordinal), Instruments().Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Instruments() => Rows().Matches(Page).Select(match => match.Groups[1].Value).Where(name => name.StartsWith("distributed.", StringComparison.Ordinal));

    private static IEnumerable<string> Spans() => Rows().Matches(Page).Select(match => match.Groups[1].Value).Where(name => !name.Contains('.') && !name.Contains('_'));

    private static string Page => File.ReadAllText(Path.Combine(Script.Root, "docs", "telemetry.md"));

    [GeneratedRegex(@"^\| `([a-z._A-Z]+)`", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex(@"Create\w+(?:<\w+>)?\(""(distributed\.[a-z.]+)""")]
    private static partial Regex Created();
}
