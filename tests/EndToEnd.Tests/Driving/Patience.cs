namespace Distributed.EndToEnd.Tests.Driving;

/// <summary>How long a test waits for something that must come. A test that passes never waits this long; one that fails says for what.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    /// <summary>Between two looks at something that tells nobody when it changes.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"{what}: not within {Limit.TotalSeconds:0} s");
            await Task.Delay(Look, CancellationToken.None);
        }
    }
}
