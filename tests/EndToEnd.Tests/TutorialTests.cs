using System.Text.RegularExpressions;
using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>docs/tutorial.md from top to bottom, as a reader types it.</summary>
public sealed class TutorialTests
{
    /// <summary>Lines of the page's first block, which builds the program and names it.</summary>
    private const int Building = 2;

    [SkippableFact]
    public async Task Every_command_works_as_it_is_written()
    {
        using var folder = new Folder();
        Directory.CreateDirectory(folder["examples"]);
        foreach (var job in Directory.GetFiles(Path.Combine(Script.Root, "examples"), "*.yaml")) File.Copy(job, folder[$"examples/{Path.GetFileName(job)}"]);
        var page = await File.ReadAllTextAsync(Path.Combine(Script.Root, "docs", "tutorial.md"));
        string[] commands = [.. Regex.Matches(page, @"^\$ (.*)$", RegexOptions.Multiline).Select(match => match.Groups[1].Value.TrimEnd('\r'))];
        Assert.True(commands.Length > 20, $"only {commands.Length} commands were found");
        var port = FreePort();
        var script = folder.Write("tutorial.sh", "set -eu\ncd \"$1\"\ndistributed() { \"$DISTRIBUTED\" \"$@\"; }\n"
            + string.Join('\n', commands.Select(command => $"echo '$ {command.Replace("'", "'\\''", StringComparison.Ordinal)}'\n{command.Replace(":5000", $":{port}", StringComparison.Ordinal)}")));

        var ran = await Script.RunAsync(script, new Dictionary<string, string> { [Tool.RunsVariable] = "runs" }, new TaskCompletionSource().Task, folder.Path);

        Assert.True(ran.Code == 0, $"{ran.Output}\n{ran.Errors}");
        var all = ran.Output;
        var spiral = Answer.Of(await File.ReadAllTextAsync(folder["examples/spiral.yaml"]));
        Assert.True(Regex.Matches(all, $"^fingerprint +{spiral}$", RegexOptions.Multiline).Count >= 4, $"not {spiral} four times:\n{all}");
        Assert.Matches(new Regex("^lost +lost ", RegexOptions.Multiline), all);
        Assert.Matches(new Regex("^best: rates-003 with optimizer.sgd.rate=1", RegexOptions.Multiline), all);
        string[] printed = [.. Regex.Matches(page, @"^```\r?\n((?:(?!```).*\n)+)^```", RegexOptions.Multiline).SelectMany(block => block.Groups[1].Value.Split('\n')).Select(line => line.TrimEnd('\r'))
            .Where(line => line.Length > 0 && !line.StartsWith("$ ", StringComparison.Ordinal))];
        var lines = all.Split('\n').ToHashSet();
        Assert.Equal([], printed.Skip(Building).Except(lines));
        Assert.True(printed.Length > Building + 10, $"only {printed.Length} lines that commands print were found");
        foreach (var file in (string[])["curves.svg", "pictures/line/regions.png", "pictures/bent/regions.png", "pictures/digits/filters.png", "digits.onnx"])
            Assert.True(File.Exists(folder[file]), file);
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
