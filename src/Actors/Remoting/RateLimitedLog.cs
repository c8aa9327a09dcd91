using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Remoting;

/// <summary>Lines that a peer can cause at will: one at most in <see cref="HostLimits.WarningInterval"/>; it tells how many were left out.</summary>
/// <param name="level">Of every line.</param>
internal sealed class RateLimitedLog(ILogger log, TimeProvider time, LogLevel level = LogLevel.Warning)
{
    private readonly Lock _gate = new();
    private long? _last;
    private int _leftOut;

    public void Tell(string sentence)
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
            log.Log(level, "{Sentence}", sentence);
        }
        else
        {
            log.Log(level, "{Sentence} ({Count} such lines before it were left out.)", sentence, leftOut);
        }
    }
}
