namespace Distributed.Simulations.Checkers;

/// <summary>The checkers of a run, anew for each.</summary>
internal static class AllCheckers
{
    public static IReadOnlyList<Checker> Create() =>
    [
        new AnsweredRates(), new OneAnswer(), new StepsInOrder(), new WholeCheckpoints(), new EverySampleOnce(), new NoOldGradient(), new Bounds(), new EndsInTime(),
        new NoActorFails(),
    ];
}
