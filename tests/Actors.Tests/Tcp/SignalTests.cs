using Distributed.Actors.Tcp;

namespace Distributed.Actors.Tests.Tcp;

/// <summary>Signals that come at any moment while one waits.</summary>
public sealed class SignalTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_signal_is_lost_and_none_wakes_two_waits(bool inline)
    {
        const int rounds = 2_000_000;
        var signal = new Signal();
        int asked = 0, seen = 0;
        var raiser = Task.Run(() =>
        {
            for (var round = 1; round <= rounds; round++)
            {
                Volatile.Write(ref asked, round);
                signal.Raise(inline);
                for (var spins = round % 64; spins > 0; spins--)
                {
                    _ = Volatile.Read(ref seen);
                }

                while (round % 1000 == 0 && Volatile.Read(ref seen) < round)
                {
                    // The waiter sees this one before others come: a lost signal is not hidden by the next.
                }
            }
        });
        var waiter = Task.Run(async () =>
        {
            while (seen < rounds)
            {
                var now = Volatile.Read(ref asked);
                if (now == seen)
                {
                    await signal.WaitAsync();
                }
                else
                {
                    Volatile.Write(ref seen, now);
                }
            }
        });
        await await Task.WhenAny(raiser, waiter).WaitAsync(Wait.Bound);
        await Task.WhenAll(raiser, waiter).WaitAsync(Wait.Bound);
    }
}
