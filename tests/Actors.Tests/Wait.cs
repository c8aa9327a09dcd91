using System.Diagnostics;

namespace Distributed.Actors.Tests;

/// <summary>Waiting on conditions in real time.</summary>
internal static class Wait
{
    /// <summary>Long enough for a loaded machine; reached only by a test that fails.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public static async Task Until(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Bound, $"Waited {Bound.TotalSeconds} s in vain until {what}.");
            await Task.Delay(2);
        }
    }
}
