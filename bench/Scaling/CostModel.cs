namespace Distributed.Scaling;

/// <summary>What a step costs, as a sum of terms: each a count that follows from the run's shape, times a coefficient that is fitted to what was
/// measured.</summary>
/// <remarks><code>
/// coordinator = a + b·messages + c·4P·(R + N) + d·4P + e·R·V + f·N²    ms of processor time a step
///   messages    into and out of it: R·(C + 1) + N + N·C + min(N, V)
///   4P·(R + N)  bytes of gradients received and added, and of weights sent; in shared memory none are sent, and it is 4P·R
///   4P          bytes that the optimizer steps
///   R·V, N²     what the schedule looks through: every shard at each partial sum, every worker at each that is given something;
///               too little to be seen with few workers, so it is fitted to the simulator's turns
/// computing   = g + h·flop/N + i·4P                                    ms, workers in one process
/// </code>flop/N shrinks with N, all other terms grow or stay: there is a number of workers beyond which a step gets no shorter
/// (<see cref="StepForecast"/>).</remarks>
internal sealed class CostModel
{
    private readonly IReadOnlyList<Term> _terms;

    private CostModel(IReadOnlyList<Term> terms, double[] coefficients) => (_terms, Coefficients) = (terms, coefficients);

    /// <summary>One count that costs.</summary>
    /// <param name="Unit">Of the coefficient.</param>
    public sealed record Term(string Name, string Unit, double Scale, Func<Measurement, double> Count);

    public IReadOnlyList<double> Coefficients { get; }

    private static Term Fixed { get; } = new("a step", "ms", 1, _ => 1);

    private static Term Messages { get; } = new("a message", "µs", 1e3, m => m.Shape.MessagesIn + m.Shape.MessagesOut);

    /// <summary>10⁶ bytes of a flat vector, so often.</summary>
    private static double Mb(Measurement m, double times = 1) => 4e-6 * m.Floats * times;

    private static Term Stepped { get; } = new("a MB of parameters", "ms", 1, m => Mb(m));

    private static Term Added { get; } = new("a MB of partial sums", "ms", 1, m => Mb(m, m.Shape.Partials));

    /// <summary>Of the coordinator's processor time over sockets, or its step without computing.</summary>
    private static readonly Term[] s_sockets =
        [Fixed, Messages, new("a MB received and added, or sent", "ms", 1, m => Mb(m, m.Shape.Partials + m.Workers)), Stepped];

    private static readonly Term[] s_shared = [Fixed, Messages, Added, Stepped];

    private static readonly Term[] s_turns =
    [
        Fixed, Messages, Added, Stepped,
        new("a partial sum and shard", "ns", 1e6, m => (double)m.Shape.Partials * m.Shards),
        new("a worker and worker", "ns", 1e6, m => (double)m.Workers * m.Workers),
    ];

    private static readonly Term[] s_steps =
    [
        Fixed,
        new("a step with actors", "ms", 1, m => m.Setting == "engine" ? 0 : 1),
        new("a GFLOP of the largest share", "ms", 1, m => m.Gflop / m.Workers),
        Stepped,
        new("a MB of partial sums that are added", "ms", 1, m => m.Workers < 2 ? 0 : Mb(m, m.Workers)),
    ];

    /// <summary>The coordinator's processor time where workers are processes.</summary>
    public static CostModel OfCoordinator(IReadOnlyList<Measurement> exchanges, bool isShared) =>
        Fit(isShared ? s_shared : s_sockets, exchanges, m => m.CoordinatorCpuMs);

    /// <summary>A whole exchange by the clock, coordinator and workers on the processors of one machine.</summary>
    public static CostModel OfExchange(IReadOnlyList<Measurement> exchanges, bool isShared) =>
        Fit(isShared ? s_shared : s_sockets, exchanges, m => m.Ms);

    /// <summary>The coordinator's turns in the simulator.</summary>
    public static CostModel OfTurns(IReadOnlyList<Measurement> simulated) => Fit(s_turns, simulated, m => m.CoordinatorTurnMs);

    /// <summary>Steps that are computed, in one process.</summary>
    public static CostModel OfSteps(IReadOnlyList<Measurement> steps) => Fit(s_steps, steps, m => m.Ms);

    public double Predict(Measurement at) => _terms.Zip(Coefficients, (term, coefficient) => coefficient * term.Count(at)).Sum();

    /// <summary>The part of the prediction that this term makes.</summary>
    public double Part(string term, Measurement at) => _terms.Zip(Coefficients).Where(pair => pair.First.Name == term)
        .Sum(pair => pair.Second * pair.First.Count(at));

    /// <summary>What the schedule looks through, ms: it grows with the square of the workers and shows in the simulator only.</summary>
    public double Squares(Measurement at) => Part("a partial sum and shard", at) + Part("a worker and worker", at);

    /// <summary>Milliseconds of computing a GFLOP takes on one worker.</summary>
    public double MsPerGflop => _terms.Zip(Coefficients).First(pair => pair.First.Name.StartsWith("a GFLOP", StringComparison.Ordinal)).Second;

    /// <summary>In words: every term that costs something, with its unit.</summary>
    public override string ToString() => string.Join(", ", _terms.Zip(Coefficients).Where(pair => pair.Second > 0)
        .Select(pair => $"{pair.First.Name} {Number(pair.Second * pair.First.Scale)} {pair.First.Unit}"));

    internal static string Number(double value) => value switch
    {
        0 => "0",
        >= 100 => $"{value:#,0}",
        >= 10 => $"{value:0.0}",
        >= 1 => $"{value:0.00}",
        >= 0.1 => $"{value:0.000}",
        _ => $"{value:0.0000}",
    };

    private static CostModel Fit(Term[] terms, IReadOnlyList<Measurement> lines, Func<Measurement, double> measured) =>
        new(terms, LeastSquares.Fit([.. lines.Select(line => terms.Select(term => term.Count(line)).ToArray())], [.. lines.Select(measured)]));
}
