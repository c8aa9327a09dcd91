using System.Text.Json;
using System.Text.Json.Serialization;

namespace Distributed.Scaling;

/// <summary>A line of JSON that this program or bench/Exchange has printed; what a kind does not have is 0 or null.</summary>
internal sealed record Measurement
{
    public const string Simulated = "simulated", Exchanged = "exchange", Stepped = "step";

    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary><see cref="Simulated"/>: the coordinator in the simulator. <see cref="Exchanged"/>: real processes that compute nothing.
    /// <see cref="Stepped"/>: training in one process.</summary>
    public required string Kind { get; init; }

    /// <summary>engine, one or two, as bench/Throughput has it.</summary>
    public string? Setting { get; init; }

    public int Workers { get; init; }

    public int Shards { get; init; }

    /// <summary>P.</summary>
    public int Floats { get; init; }

    public int ChunkElements { get; init; }

    public bool SharedMemory { get; init; }

    /// <summary>Samples of a step.</summary>
    public int Batch { get; init; }

    /// <summary>10⁹ additions and multiplications of a step.</summary>
    public double Gflop { get; init; }

    /// <summary>Of a step, by the clock; of the simulator: virtual.</summary>
    public double Ms { get; init; }

    /// <summary>Of the coordinator's process, a step: all its threads.</summary>
    public double CoordinatorCpuMs { get; init; }

    /// <summary>Of the coordinator's turns in the simulator, a step: real time, the median.</summary>
    public double CoordinatorTurnMs { get; init; }

    public long Turns { get; init; }

    public int PartialSums { get; init; }

    public int Chunks { get; init; }

    public long FramesIn { get; init; }

    public long FramesOut { get; init; }

    public long BytesIn { get; init; }

    public long BytesOut { get; init; }

    /// <summary>In the simulator: the step's frames by kind, of the last step.</summary>
    public Dictionary<string, Flow>? Flows { get; init; }

    /// <summary>In the simulator: whether every step's messages and bytes are, kind by kind, those of the formulas.</summary>
    public bool? AsPredicted { get; init; }

    [JsonIgnore]
    public RunShape Shape => field ??= new(Workers, Shards, Floats, ChunkElements);

    public string ToJson() => JsonSerializer.Serialize(this, s_options);

    /// <exception cref="FormatException">It is no such line.</exception>
    public static Measurement Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Measurement>(line, s_options) ?? throw new FormatException($"no measurement: {line}");
        }
        catch (JsonException wrong)
        {
            throw new FormatException($"no measurement: {wrong.Message} {line}");
        }
    }
}
