namespace Distributed.Coordinator.Runs;

/// <summary>Keeps what is done beside a run, time and again, to a share of the run's time.</summary>
/// <param name="share">Of the time since this was made, from 0 to 1.</param>
internal sealed class TimeShare(double share, TimeProvider time)
{
    private readonly long _begin = time.GetTimestamp();
    private long _ticks;

    /// <summary>Whether what was taken until now is within the share. It is at the beginning.</summary>
    public bool IsDue => Volatile.Read(ref _ticks) <= share * time.GetElapsedTime(_begin).Ticks;

    /// <summary>Does the work, and counts its time.</summary>
    public T Take<T>(Func<T> work)
    {
        var begin = time.GetTimestamp();
        var result = work();
        Interlocked.Add(ref _ticks, time.GetElapsedTime(begin).Ticks);
        return result;
    }
}
