using System.Globalization;

namespace Distributed.EndToEnd.Tests.Driving;

/// <summary>Checkpoints as they lie on the disk.</summary>
internal static class CheckpointFiles
{
    /// <summary>Step of the newest finished one; 0 without any.</summary>
    public static long LatestStep(string folder) => Steps(folder).DefaultIfEmpty(0).Max();

    /// <summary>Steps of all finished ones, in order.</summary>
    public static IReadOnlyList<long> Steps(string folder) => !Directory.Exists(folder) ? [] : [.. Directory.GetFiles(folder, "step-*.safetensors")
        .Select(path => long.Parse(Path.GetFileNameWithoutExtension(path)["step-".Length..], CultureInfo.InvariantCulture)).Order()];

    /// <summary>Waits for one of a step after <paramref name="step"/>.</summary>
    public static async Task<long> AfterAsync(string folder, long step)
    {
        var latest = 0L;
        await Patience.UntilAsync(() => (latest = LatestStep(folder)) > step, $"a checkpoint after step {step} in {folder}");
        return latest;
    }

    public static string PathOf(string folder, long step) =>
        Path.Combine(folder, $"step-{step.ToString("D8", CultureInfo.InvariantCulture)}.safetensors");
}
