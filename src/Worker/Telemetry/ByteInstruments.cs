namespace Distributed.Worker.Telemetry;

/// <summary>What this process has sent and received over the network, read when somebody wants it.</summary>
public static class ByteInstruments
{
    private static readonly Lock Guard = new();
    private static readonly List<Source> Open = [];
    private static (long Sent, long Received) s_closed;

    static ByteInstruments()
    {
        TelemetrySources.Meter.CreateObservableCounter("distributed.bytes.sent", () => Total().Sent, "By", "Sent over the network.");
        TelemetrySources.Meter.CreateObservableCounter("distributed.bytes.received", () => Total().Received, "By", "Received over the network.");
    }

    /// <summary>Counts a host in.</summary>
    /// <param name="read">Bytes since the host began; called from any thread.</param>
    /// <returns>To be disposed before the host is; what it had by then stays counted.</returns>
    public static IDisposable Of(Func<(long Sent, long Received)> read)
    {
        var source = new Source(read);
        lock (Guard) Open.Add(source);
        return source;
    }

    private static (long Sent, long Received) Total()
    {
        lock (Guard)
        {
            var total = s_closed;
            foreach (var source in Open) total = Sum(total, source.Read());
            return total;
        }
    }

    private static (long, long) Sum((long Sent, long Received) a, (long Sent, long Received) b) => (a.Sent + b.Sent, a.Received + b.Received);

    private sealed class Source(Func<(long Sent, long Received)> read) : IDisposable
    {
        public Func<(long Sent, long Received)> Read { get; } = read;

        public void Dispose()
        {
            lock (Guard)
                if (Open.Remove(this)) s_closed = Sum(s_closed, Read());
        }
    }
}
