using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Distributed.EndToEnd.Tests.Driving;
using Distributed.Engine.Training;

namespace Distributed.EndToEnd.Tests;

/// <summary>The programs of examples/csharp, and what the README shows of them.</summary>
public sealed partial class OwnProgramTests
{
    [Fact]
    public async Task A_program_with_its_own_layer_trains_over_processes_of_itself()
    {
        using var program = Tool.Program("OwnModel");
        await program.ExitAsync(0);
        Assert.EndsWith(LocalTrainer.Run(Spiral.Setup()).Fingerprint, program.Output);
    }

    [Fact]
    public async Task A_program_with_its_own_data_set_trains_over_processes_of_itself()
    {
        using var program = Tool.Program("OwnData");
        await program.ExitAsync(0);
        Assert.EndsWith(LocalTrainer.Run(WavesExperiment.Setup()).Fingerprint, program.Output);
    }

    [Fact]
    public async Task A_service_shows_the_progress_of_its_run()
    {
        using var service = Tool.Program("Service", "--urls", "http://127.0.0.1:0");
        var address = (await service.LineAsync(@"listening on: (http://\S+)")).Groups[1].Value;
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        var seen = new List<JsonElement>();
        await Patience.UntilAsync(() =>
        {
            seen.Add(client.GetFromJsonAsync<JsonElement>("/run").GetAwaiter().GetResult());
            return seen[^1].GetProperty("phase").GetString() is "done" or "failed";
        }, "the end of the service's run");
        Assert.Equal("done", seen[^1].GetProperty("phase").GetString());
        Assert.Equal(LocalTrainer.Run(Spiral.Setup()).Fingerprint, seen[^1].GetProperty("fingerprint").GetString());
        Assert.Equal(2, seen.Max(state => state.GetProperty("workers").GetInt32()));
        service.Interrupt();
        await service.ExitAsync(0);
    }

    [Fact]
    public void What_the_README_shows_in_CSharp_is_compiled()
    {
        var files = Directory.GetFiles(Path.Combine(Script.Root, "examples", "csharp"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToHashSet();
        var blocks = Block().Matches(File.ReadAllText(Path.Combine(Script.Root, "README.md")));
        Assert.True(blocks.Count >= 3, $"the README has {blocks.Count} blocks of C#");
        foreach (Match block in blocks)
            Assert.True(files.Contains(block.Groups[1].Value), $"no file of examples/csharp is this block of the README:\n{block.Groups[1].Value}");
    }

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
