using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Tests.Training;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Optimizers;

/// <summary>Factors by hand, with 4 steps an epoch and 40 in all.</summary>
public class RateScheduleTests
{
    private const double Tenth = 0.1f, Half = 0.5f;

    public static TheoryData<RateSchedule, long, double> ByHand => new()
    {
        { new ConstantSchedule(), 0, 1 }, { new ConstantSchedule(), 39, 1 },
        { new StepSchedule(2), 0, 1 }, { new StepSchedule(2), 7, 1 }, { new StepSchedule(2), 8, Tenth }, { new StepSchedule(2), 15, Tenth },
        { new StepSchedule(2), 16, Tenth * Tenth }, { new StepSchedule(3, 0.5f), 36, Half * Half * Half }, { new StepSchedule(1, 0), 4, 0 },
        { new ExponentialSchedule(0.5f), 0, 1 }, { new ExponentialSchedule(0.5f), 4, 0.5 }, { new ExponentialSchedule(0.5f), 2, 0.70710678118654752 },
        { new ExponentialSchedule(0.5f), 36, 1.0 / 512 }, { new ExponentialSchedule(2), 8, 4 }, { new ExponentialSchedule(1), 39, 1 },
        { new CosineSchedule(), 0, 1 }, { new CosineSchedule(), 20, 0.5 }, { new CosineSchedule(), 10, 0.85355339059327376 },
        { new CosineSchedule(), 30, 0.14644660940672624 }, { new CosineSchedule(0.5f), 20, 0.75 }, { new CosineSchedule(1), 33, 1 },
        { new LinearSchedule(), 0, 1 }, { new LinearSchedule(), 10, 0.75 }, { new LinearSchedule(), 39, 0.025 },
        { new LinearSchedule(0.5f), 20, 0.75 },
        // A warm-up of 2 epochs, 8 steps; then the curve over the 32 that are left.
        { new ConstantSchedule { Warmup = 2 }, 0, 0.125 }, { new ConstantSchedule { Warmup = 2 }, 7, 1 }, { new ConstantSchedule { Warmup = 2 }, 8, 1 },
        { new ConstantSchedule { Warmup = 0.5f }, 0, 0.5 }, { new ConstantSchedule { Warmup = 0.5f }, 1, 1 },
        { new CosineSchedule { Warmup = 2 }, 3, 0.5 }, { new CosineSchedule { Warmup = 2 }, 8, 1 }, { new CosineSchedule { Warmup = 2 }, 24, 0.5 },
        { new LinearSchedule { Warmup = 2 }, 16, 0.75 }, { new StepSchedule(2) { Warmup = 2 }, 15, 1 }, { new StepSchedule(2) { Warmup = 2 }, 16, Tenth },
        { new ExponentialSchedule(0.5f) { Warmup = 2 }, 12, 0.5 }, { new LinearSchedule { Warmup = 99 }, 39, 40.0 / 396 },
    };

    [Theory]
    [MemberData(nameof(ByHand))]
    public void The_factor_is_what_the_formula_gives(RateSchedule schedule, long step, double wanted) =>
        Assert.Equal(wanted, schedule.Factor(step, 4, 40), 1e-15);

    /// <summary>Part of the answer of every run with a schedule: the same bits on every platform and in every release.</summary>
    [Fact]
    public void These_bits_never_change()
    {
        Assert.Equal(0x3FE2BAD4E4CB340C, BitConverter.DoubleToInt64Bits(new CosineSchedule(0.1f).Factor(19, 4, 40)));
        Assert.Equal(0x3FC08A5D785EB440, BitConverter.DoubleToInt64Bits(new ExponentialSchedule(0.65f).Factor(19, 4, 40)));
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Func<object>[] wrong =
        [
            () => new StepSchedule(0), () => new StepSchedule(1, -1), () => new StepSchedule(1, float.NaN), () => new ExponentialSchedule(0),
            () => new CosineSchedule(-0.1f), () => new CosineSchedule(1.1f), () => new LinearSchedule(float.NaN), () => new ConstantSchedule { Warmup = -1 },
        ];
        foreach (var make in wrong) Assert.Throws<ArgumentOutOfRangeException>(make);
    }

    [Fact]
    public void Schedules_of_equal_settings_are_equal()
    {
        Assert.Equal(new StepSchedule(2) { Warmup = 1 }, new StepSchedule(2) { Warmup = 1 });
        Assert.NotEqual(new StepSchedule(2), new StepSchedule(2) { Warmup = 1 });
        Assert.NotEqual<RateSchedule>(new CosineSchedule(), new LinearSchedule());
    }

    /// <summary>A rate that falls to 0 after the first epoch: the weights stand still from there on.</summary>
    [Fact]
    public void A_run_goes_by_its_schedule()
    {
        TrainingSetup Setup(int epochs, RateSchedule? schedule) => new(
            new Model(new Linear(3), new Shape(4), 3, new SoftmaxCrossEntropyLoss()), new Blobs(20, new Shape(4), 3, seed: 1), null, new Sgd(0.1f),
            null, Batch: 6, Shards: 2, epochs, Seed: 3)
        { RateSchedule = schedule };
        Assert.Equal(LocalTrainer.Run(Setup(1, null)).Fingerprint, LocalTrainer.Run(Setup(5, new StepSchedule(1, 0))).Fingerprint);
        Assert.NotEqual(LocalTrainer.Run(Setup(5, null)).Fingerprint, LocalTrainer.Run(Setup(5, new CosineSchedule())).Fingerprint);
    }
}
