using Distributed.Coordinator;
using Distributed.Scaling;

namespace Distributed.Simulations.Tests.Scaling;

public sealed class StepForecastTests
{
    /// <summary>flop/N + 4P·(R + N): with R = N the shortest step is near √(flop·speed / (2·4P)).</summary>
    [Fact]
    public void A_step_gets_no_shorter_beyond_the_root_of_computing_over_exchanging()
    {
        const double msPerMb = 0.5, gflop = 128, msPerGflop = 25;
        var forecast = new StepForecast(1_000_000, Batch: 4096, gflop, msPerGflop, Gbit: 1e6, LatencyMs: 0, Coordinator(msPerMb), Turns: null);
        var root = Math.Sqrt(gflop * msPerGflop / (2 * 4 * msPerMb));
        Assert.InRange(forecast.BestWorkers, 0.7 * root, 1.4 * root); // R = N at powers of two only
        Assert.True(forecast.StepMs(forecast.BestWorkers) < forecast.StepMs(2 * forecast.BestWorkers));
        Assert.True(forecast.EnoughWorkers <= forecast.BestWorkers);
    }

    [Fact]
    public void No_more_workers_than_samples_are_of_use() =>
        Assert.Equal(16, new StepForecast(1000, Batch: 16, Gflop: 1000, MsPerGflop: 25, Gbit: 1e6, LatencyMs: 0, Coordinator(1e-6), Turns: null).BestWorkers);

    [Fact]
    public void A_thin_link_is_what_limits()
    {
        var forecast = new StepForecast(1_000_000, Batch: 4096, Gflop: 128, MsPerGflop: 25, Gbit: 0.1, LatencyMs: 0, Coordinator(0.5), Turns: null);
        Assert.True(forecast.IsLinkBound(forecast.BestWorkers));
    }

    /// <summary>Fitted to exchanges that cost nothing but <paramref name="msPerMb"/>.</summary>
    private static CostModel Coordinator(double msPerMb)
    {
        var lines = new List<Measurement>();
        foreach (var floats in (int[])[100_000, 400_000, 1_600_000])
            foreach (var workers in (int[])[1, 2, 4, 8, 16])
                lines.Add(new Measurement
                {
                    Kind = Measurement.Exchanged,
                    Workers = workers,
                    Shards = workers,
                    Floats = floats,
                    ChunkElements = CoordinatorLimits.ChunkElements,
                    CoordinatorCpuMs = msPerMb * 4e-6 * floats * 2 * workers,
                });
        return CostModel.OfCoordinator(lines, isShared: false);
    }
}
