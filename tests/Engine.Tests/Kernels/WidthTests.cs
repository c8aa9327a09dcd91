using System.Diagnostics;

namespace Distributed.Engine.Tests.Kernels;

/// <summary>Every kernel, and whole trainings of every kind of layer and optimizer, give the same bits at every vector width: the probe is run
/// once per width and its lines compared.</summary>
public class WidthTests
{
    private const int ProbedKernels = 55;

    private static readonly Lazy<string[]> Default = new(() => Probe(null));

    [Theory]
    [InlineData("DOTNET_EnableAVX512", "512=False")]
    [InlineData("DOTNET_EnableAVX2", "256=False 512=False")]
    [InlineData("DOTNET_EnableHWIntrinsic", "128=False 256=False 512=False")]
    public void Without_a_vector_width_every_kernel_gives_the_same_bits(string switchedOff, string widths)
    {
        var lines = Probe(switchedOff);
        Assert.EndsWith(widths, lines[0]); // the switch took effect
        Assert.Equal(1 + ProbedKernels, lines.Length);
        Assert.Equal(Default.Value[1..], lines[1..]);
    }

    /// <summary>Runs the probe with one switch of the runtime set to 0; gives the lines it prints.</summary>
    private static string[] Probe(string? switchedOff)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Distributed.WidthProbe.dll"));
        // The widths this process itself runs with must not show in the probe.
        foreach (var name in new[] { "DOTNET_EnableAVX512", "DOTNET_EnableAVX2", "DOTNET_EnableHWIntrinsic" })
            start.Environment.Remove(name);
        if (switchedOff != null) start.Environment[switchedOff] = "0";

        using var process = Process.Start(start) ?? throw new InvalidOperationException("the width probe did not start");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"the width probe ended with {process.ExitCode}: {errors.Result}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
