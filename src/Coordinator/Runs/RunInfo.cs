using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Runs;

/// <summary>What <c>run.json</c> says: by what command a run came about, where, and how it stands.</summary>
/// <param name="State">"running", "done", "stopped", "failed" or "deposed".</param>
/// <param name="Claimant">Host and process that lead it, HOST/PID.</param>
/// <param name="Folder">The folder in which the command was given, absolute.</param>
/// <param name="Checkpoints">Where they were sent, from that folder on; null: they are in the run's folder, wherever that was moved to.</param>
internal sealed record RunInfo(string Job, string JobFingerprint, string State, DateTimeOffset Started, IReadOnlyList<string> Command, string Folder,
    string Claimant, string? Checkpoints)
{
    /// <summary>Bytes of the largest that is read.</summary>
    private const long MaxBytes = 1 << 20;

    public string? DataFingerprint { get; init; }

    public DateTimeOffset? Ended { get; init; }

    public string? Reason { get; init; }

    /// <summary>SHA-256 of the last weights, hex.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>When it was gone on with, and from which step.</summary>
    public IReadOnlyList<RunResumed> Resumed { get; init; } = [];

    public string Version { get; init; } = typeof(RunInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public string Runtime { get; init; } = RuntimeInformation.FrameworkDescription;

    public string System { get; init; } = $"{RuntimeInformation.OSDescription} {RuntimeInformation.ProcessArchitecture}";

    public string Machine { get; init; } = Environment.MachineName;

    public int Processors { get; init; } = Environment.ProcessorCount;

    public int VectorBits { get; init; } = VectorWidth.Bits;

    public long MemoryBytes { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The folder of the checkpoints of the run in <paramref name="folder"/>.</summary>
    public string CheckpointsOf(RunFolder folder) => Checkpoints is { } elsewhere && Path.IsPathFullyQualified(Folder) ? Path.GetFullPath(elsewhere, Folder) : folder.Checkpoints;

    /// <exception cref="IOException">It cannot be written; what was there is whole.</exception>
    public void Write(RunFolder folder)
    {
        var aside = $"{folder.InfoFile}.{Environment.ProcessId}.part";
        File.WriteAllText(aside, JsonSerializer.Serialize(this, RunInfoJson.Default.RunInfo) + "\n");
        File.Move(aside, folder.InfoFile, overwrite: true);
    }

    /// <summary>The first digits of the fingerprint, for tables.</summary>
    [JsonIgnore]
    public string ShortFingerprint => Fingerprint is null ? "-" : Fingerprint[..Math.Min(Fingerprint.Length, 12)];

    /// <exception cref="UserException">It cannot be read.</exception>
    public static RunInfo Read(RunFolder folder)
    {
        try
        {
            using var file = File.OpenRead(folder.InfoFile);
            if (file.Length > MaxBytes) throw new UserException($"{folder.InfoFile}: wanted at most {MaxBytes} bytes, it has {file.Length}");
            return JsonSerializer.Deserialize(file, RunInfoJson.Default.RunInfo) is { Job: not null, State: not null, Command: not null, Folder: not null, Claimant: not null } info ? info
                : throw new UserException($"{folder.InfoFile} is not what a run writes: job, state, command, folder or claimant is missing");
        }
        catch (JsonException wrong)
        {
            throw new UserException($"{folder.InfoFile} is not what a run writes: {wrong.Message}", wrong);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{folder.InfoFile} cannot be read: {wrong.Message}", wrong);
        }
    }
}

/// <param name="Step">Steps that the checkpoint had.</param>
internal sealed record RunResumed(DateTimeOffset At, long Step);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunInfo))]
internal sealed partial class RunInfoJson : JsonSerializerContext;
