namespace Distributed.Actors.Cells;

/// <summary>Messages waiting for one actor, first in, first out, and how much they hold. Guarded by the cell's lock.</summary>
/// <remarks>It takes whatever is told; the water marks only hold up the reading of connections (<see cref="WhenDrained"/>).</remarks>
internal sealed class Mailbox
{
    private readonly Queue<Envelope> _queue = new();
    private TaskCompletionSource? _drained;

    public int Count => _queue.Count;

    public long Bytes { get; private set; }

    public bool IsOverHighWater => Count > HostLimits.MailboxHighWaterMessages || Bytes > HostLimits.MailboxHighWaterBytes;

    public void Add(in Envelope envelope)
    {
        _queue.Enqueue(envelope);
        Bytes += envelope.Bytes;
    }

    public bool TryTake(out Envelope envelope)
    {
        if (!_queue.TryDequeue(out envelope))
        {
            return false;
        }

        Bytes -= envelope.Bytes;
        if (_drained is not null && Count <= HostLimits.MailboxLowWaterMessages && Bytes <= HostLimits.MailboxLowWaterBytes)
        {
            _drained.TrySetResult();
            _drained = null;
        }

        return true;
    }

    /// <summary>Completes at once below the high-water mark, otherwise when the low-water mark is reached.</summary>
    public Task WhenDrained() => IsOverHighWater
        ? (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task
        : Task.CompletedTask;

    /// <summary>Everything that waits, oldest first; the mailbox is then empty.</summary>
    public Envelope[] Clear()
    {
        var rest = _queue.ToArray();
        _queue.Clear();
        Bytes = 0;
        _drained?.TrySetResult();
        _drained = null;
        return rest;
    }
}
