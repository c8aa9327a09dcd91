using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Remoting;

/// <summary>Warnings that a peer can cause at will: one at most in <see cref="HostLimits.WarningInterval"/>; it tells how many were left out.</summary>
internal sealed class RateLimitedLog(ILogger log, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long? _last;
    private int _leftOut;

    public void Warn(string sentence)
    {
        int leftOut;
        lock (_gate)
        {
            if (_last is { } last && time.GetElapsedTime(last) < HostLimits.WarningInterval)
            {
                _leftOut++;
                return;
            }

            _last = time.GetTimestamp();
            (leftOut, _leftOut) = (_leftOut, 0);
        }

        if (leftOut == 0)
        {
            log.LogWarning("{Sentence}", sentence);
        }
        else
        {
            log.LogWarning("{Sentence} ({Count} such warnings before it were left out.)", sentence, leftOut);
        }
    }
}
