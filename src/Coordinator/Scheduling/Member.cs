namespace Distributed.Coordinator.Scheduling;

/// <summary>A worker that takes part, as the <see cref="Schedule"/> sees it.</summary>
internal sealed class Member(int number)
{
    /// <summary>Weight of a new measurement in the moving average of the speed.</summary>
    private const double Smoothing = 0.2;

    /// <summary>How fast a worker that gets nothing is taken to be like the others again, a round: so that it is tried again.</summary>
    private const double Forgetting = 0.02;

    public int Number { get; } = number;

    /// <summary>Samples per second, a moving average; 0 before the first measurement.</summary>
    public double Speed { get; private set; }

    /// <summary>The newest version it has whole; −1 before the first. Held ≤ Sent.</summary>
    public long Held { get; set; } = -1;

    /// <summary>The newest version whose chunks it is being sent.</summary>
    public long Sent { get; set; } = -1;

    /// <summary>Whether it is sent every version as it is made.</summary>
    public bool InSync { get; set; }

    /// <summary>It is not <see cref="InSync"/>, and an audit waits until it is: it makes progress with every version that it holds.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>Units it was given, in this round or an earlier one, and has not answered for. Never below 0.</summary>
    public int Owed { get; set; }

    /// <summary>When it was last given something.</summary>
    public TimeSpan Began { get; set; }

    /// <summary>When it was last given something, or last answered; where it <see cref="IsAwaited"/>, since when, or when it last came nearer.</summary>
    public TimeSpan Since { get; set; }

    /// <summary>Whether what it was given last is its share of a whole round.</summary>
    public bool HasWholeShare { get; set; }

    /// <summary>It has not answered in time, and not since: it gets nothing that others could take.</summary>
    public bool IsLate { get; set; }

    /// <summary>It has been late for so long that it was named.</summary>
    public bool IsStalled { get; set; }

    public bool IsIdle => Owed == 0;

    /// <summary>It owes an answer, or has to catch up: without either it cannot be late.</summary>
    public bool IsWaitedFor => !IsIdle || IsAwaited;

    public void Measure(int samples, double seconds)
    {
        if (samples == 0 || seconds <= 0) return;
        var speed = samples / seconds;
        Speed = Speed == 0 ? speed : Speed + Smoothing * (speed - Speed);
    }

    public void Forget(double typical)
    {
        if (Speed > 0 && Speed < typical) Speed += Forgetting * (typical - Speed);
    }
}
