using Distributed.Engine.Optimizers;

namespace Distributed.Jobs.Catalogs;

internal static class ScheduleKinds
{
    private static readonly NumberType Fraction = new(0, 1);

    public static Family Family { get; } = new("schedule", "a schedule", "schedules",
        Kind.Of("constant", "The learning rate as it is: for a warm-up alone.",
            values => new ConstantSchedule { Warmup = values.Number("warmup") },
            Warmup<ConstantSchedule>(main: true)),
        Kind.Of("cosine", "Half a cosine from the learning rate down to a floor at the end of the run.",
            values => new CosineSchedule(values.Number("floor")) { Warmup = values.Number("warmup") },
            Key.Optional<CosineSchedule>("floor", Fraction, 0f, s => s.Floor, "Share of the learning rate at the end.", main: true),
            Warmup<CosineSchedule>()),
        Kind.Of("exponential", "Falls by the same factor with every epoch, a little with every step.",
            values => new ExponentialSchedule(values.Number("factor")) { Warmup = values.Number("warmup") },
            Key.Needed<ExponentialSchedule>("factor", new NumberType(0, 1000, above: true), s => s.PerEpoch,
                "What the learning rate is multiplied by from one epoch to the next.", main: true),
            Warmup<ExponentialSchedule>()),
        Kind.Of("linear", "A straight line from the learning rate down to a floor at the end of the run.",
            values => new LinearSchedule(values.Number("floor")) { Warmup = values.Number("warmup") },
            Key.Optional<LinearSchedule>("floor", Fraction, 0f, s => s.Floor, "Share of the learning rate at the end.", main: true),
            Warmup<LinearSchedule>()),
        Kind.Of("step", "Falls by a factor every so many epochs.",
            values => new StepSchedule(values.Int("every"), values.Number("factor")) { Warmup = values.Number("warmup") },
            Key.Needed<StepSchedule>("every", new IntegerType(1, JobLimits.MaxEpochs), s => s.Every, "Epochs between two falls.", main: true),
            Key.Optional<StepSchedule>("factor", new NumberType(0, 1000), 0.1f, s => s.Ratio, "What the learning rate is multiplied by."),
            Warmup<StepSchedule>()));

    private static Key Warmup<T>(bool main = false) where T : RateSchedule =>
        Key.Optional<T>("warmup", new NumberType(0, JobLimits.MaxEpochs), 0f, s => s.Warmup,
            "Epochs in which the rate rises in a straight line, before the schedule begins; parts of one too.", main);
}
