using Distributed.Actors;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Jobs;
using Google.Protobuf;

namespace Distributed.Coordinator.Control;

/// <summary>The run that a control service tells of, from before its coordinator is there until after its end.</summary>
/// <param name="standsBy">Whether another coordinator leads it at first.</param>
/// <param name="stop">Ends it in good order, for a reason.</param>
internal sealed class ControlledRun(Job job, bool standsBy, Action<string> stop)
{
    private readonly Lock _lock = new();
    private Lead? _lead;

    public string Job { get; } = job.Name;

    public ByteString JobFingerprint { get; } = ByteString.CopyFrom(job.Fingerprint);

    public bool StandsBy { get; } = standsBy;

    public RunFeed Feed { get; } = new();

    /// <summary>Who leads it now; null: nobody here yet.</summary>
    public Lead? Leading
    {
        get
        {
            lock (_lock) return _lead;
        }
        set
        {
            lock (_lock) _lead = value;
        }
    }

    public void Stop(string reason) => stop(reason);

    /// <param name="Stopped">Completes when the coordinator is gone: then nobody answers.</param>
    /// <param name="Term">Of the coordinator, from 1.</param>
    internal sealed record Lead(ActorRef Coordinator, Task Stopped, RunProgress Progress, uint Term)
    {
        /// <returns>Null: the coordinator is gone.</returns>
        public async Task<T?> TryAskAsync<T>(Func<Action<T>, object> question, CancellationToken cancel) where T : class
        {
            var told = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            Coordinator.Tell(question(answer => told.TrySetResult(answer)));
            await Task.WhenAny(told.Task, Stopped).WaitAsync(cancel).ConfigureAwait(false);
            return told.Task.IsCompleted ? await told.Task.ConfigureAwait(false) : null;
        }
    }
}
