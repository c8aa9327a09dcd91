using Distributed.Engine.Training;
using Distributed.Exchange;
using Distributed.Jobs;
using Distributed.Scaling;

namespace Distributed.Simulations.Tests.Scaling;

/// <summary>The formulas of docs/performance.md against what passes the simulator's wire.</summary>
public sealed class StepTrafficTests
{
    /// <summary>So short that nobody is late, however uneven shares are.</summary>
    private static readonly TimeSpan s_compute = TimeSpan.FromMilliseconds(1);

    /// <summary>Powers of two, numbers that are none (shares are cut into several runs), one chunk and many, workers that get nothing.</summary>
    [Theory]
    [InlineData(1, 1, 60, 64)]
    [InlineData(2, 8, 700, 64)]
    [InlineData(3, 64, 700, 64)]
    [InlineData(7, 1024, 3000, 2048)]
    [InlineData(16, 16, 3000, 256)]
    [InlineData(20, 16, 700, 512)]
    [InlineData(100, 256, 700, 512)]
    public void Messages_and_bytes_of_every_step_are_those_of_the_formulas(int workers, int shards, int floats, int chunkElements)
    {
        const int steps = 5;
        var setup = Setup(floats, shards);
        var shape = new RunShape(workers, shards, setup.Model.Parameters.Count, chunkElements);
        var run = SimulatedExchange.Run(shape, setup, warmUp: 1, steps, s_compute);
        Assert.Equal(steps, run.Traffic.Length);
        for (var i = 0; i < steps; i++)
        {
            var counted = run.Traffic.Span[i];
            Assert.Equal(StepTraffic.Of(shape, run.FirstStep + i, setup.Layout.BatchesPerEpoch, ExchangeWorker.ShardNs), counted);
            Assert.Equal((shape.MessagesIn, shape.MessagesOut), (counted.In.Frames, counted.Out.Frames));
        }
    }

    /// <summary>The heads of docs/performance.md: nearly all that is sent are elements.</summary>
    [Fact]
    public void A_frame_has_at_most_64_bytes_that_are_no_elements_where_a_share_is_one_run()
    {
        const int workers = 64;
        var setup = Setup(3000, 64);
        var shape = new RunShape(workers, 64, setup.Model.Parameters.Count, 2048);
        var last = SimulatedExchange.Run(shape, setup, warmUp: 1, steps: 1, s_compute).Traffic.Span[0];
        var elements = sizeof(float) * (long)shape.Parameters;
        Assert.InRange(last.In.Bytes - shape.Partials * elements, 1, 64 * last.In.Frames);
        Assert.InRange(last.Out.Bytes - workers * elements, 1, 64 * last.Out.Frames);
    }

    private static TrainingSetup Setup(int floats, int shards) =>
        ExchangeJob.Read(floats, shards, samples: 20 * shards).Prepare(new PrepareOptions { BaseFolder = Environment.CurrentDirectory });
}
