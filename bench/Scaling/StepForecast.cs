using System.Numerics;
using Distributed.Coordinator;
using Distributed.Engine.Training;

namespace Distributed.Scaling;

/// <summary>Step time against the number of workers, each on a machine of its own, by the model; and where it stops getting shorter.</summary>
/// <remarks><code>
/// step(N) = flop·(⌈V/N⌉/V)/speed + max(coordinator(N, V), 8·4P·max(R, N)/link) + 2·latency
/// </code>with the number V of virtual shards for which it is shortest: with few shards shares are uneven where N is no power of two, with many there
/// are more partial sums. Nothing of the exchange is taken to pass while workers compute, though in a run some of it does (chunks go out during
/// backward): the model says what a step takes at most. A batch of B samples fills no more than B shards.</remarks>
/// <param name="Floats">P.</param>
/// <param name="Batch">B.</param>
/// <param name="Gflop">Of a step.</param>
/// <param name="MsPerGflop">On one worker.</param>
/// <param name="Gbit">10⁹ bits a second of the coordinator's link, each way.</param>
/// <param name="LatencyMs">Of a message.</param>
internal sealed record StepForecast(int Floats, int Batch, double Gflop, double MsPerGflop, double Gbit, double LatencyMs, CostModel Coordinator,
    CostModel? Turns)
{
    /// <summary>Shards are tried up to so many a worker, at least.</summary>
    private const int MostShardsEach = 8;

    private double[]? _steps;

    /// <summary>As far as workers get something.</summary>
    public int Most => Math.Min(CoordinatorLimits.MaxWorkers, Batch);

    /// <summary>The number of workers with the shortest step: with more it gets no shorter.</summary>
    public int BestWorkers => Array.IndexOf(Steps, Steps.Min()) + 1;

    /// <summary>The fewest workers whose step is at most a tenth longer than the shortest.</summary>
    public int EnoughWorkers => Array.FindIndex(Steps, ms => ms <= 1.1 * Steps.Min()) + 1;

    private double[] Steps => _steps ??= [.. Enumerable.Range(1, Most).Select(workers => Best(workers).Ms)];

    public double StepMs(int workers) => Steps[workers - 1];

    /// <summary>Whether the coordinator's link takes longer than its processor.</summary>
    public bool IsLinkBound(int workers) => LinkMs(Best(workers).At) > CoordinatorMs(Best(workers).At);

    private (double Ms, Measurement At) Best(int workers)
    {
        var fewest = (int)BitOperations.RoundUpToPowerOf2((uint)workers);
        var best = (Ms: double.PositiveInfinity, At: At(workers, fewest));
        for (var shards = fewest; shards <= MostShardsEach * fewest; shards *= 2)
        {
            if (shards > fewest && shards > Math.Min(Batch, BatchLayout.MaxShards)) break;
            var at = At(workers, shards);
            var share = (shards + workers - 1) / workers / (double)shards;
            var ms = (Gflop * MsPerGflop * share) + Math.Max(CoordinatorMs(at), LinkMs(at)) + (2 * LatencyMs);
            if (ms < best.Ms) best = (ms, at);
        }
        return best;
    }

    private Measurement At(int workers, int shards) => new()
    {
        Kind = Measurement.Exchanged,
        Workers = workers,
        Shards = shards,
        Floats = Floats,
        ChunkElements = CoordinatorLimits.ChunkElements,
    };

    private double CoordinatorMs(Measurement at) => Coordinator.Predict(at) + (Turns?.Squares(at) ?? 0);

    private double LinkMs(Measurement at) => 8e-6 * 4 * Floats * Math.Max(at.Workers, at.Shape.Partials) / Gbit;
}
