using System.Text.Json;
using System.Threading.Channels;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Runs.TensorBoard;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Runs;

/// <summary>Takes down what a run tells: in memory, and beside the run in its folder.</summary>
/// <remarks>Steps are thinned by their numbers, so that a long run has a curve of bounded size, and two runs of one job have points at the same steps.</remarks>
internal sealed class RunRecorder : IRunObserver, IAsyncDisposable
{
    /// <summary>Points of a curve at most.</summary>
    public const int Points = 2000;

    /// <summary>Of the run's time, for numbers of its layers and for pictures, each.</summary>
    private const double Share = 0.005;

    private readonly RunHistory _history;
    private readonly RunTimeline _timeline;
    private readonly TrainingSetup _setup;
    private readonly TimeProvider _time;
    private readonly Channel<RunLine> _lines = Channel.CreateUnbounded<RunLine>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _writing;
    private readonly long _every;
    private readonly int _perEpoch;
    private readonly TimeShare _numbers;
    private readonly TimeShare _drawing;
    private RunPicture? _picture;
    private long _step;
    private (long Step, int Epoch, double Loss, double TrainSeconds, long Samples) _last;

    /// <param name="folder">Null: in memory only.</param>
    /// <param name="warn">Told once where the folder takes no more.</param>
    public RunRecorder(RunFolder? folder, RunHistory history, RunTimeline timeline, TrainingSetup setup, long step, TimeProvider time, Action<string> warn)
    {
        (_history, _timeline, _setup, _time, _step) = (history, timeline, setup, time, step);
        _every = Stride(setup.TotalSteps);
        _perEpoch = setup.Layout.BatchesPerEpoch;
        (_numbers, _drawing) = (new TimeShare(Share, time), new TimeShare(Share, time));
        Gradients = new GradientStatistics(setup.Model.Parameters, Math.Max(100, setup.TotalSteps / 100));
        _writing = folder is null ? DropAsync() : WriteAsync(folder, step, warn);
    }

    public GradientStatistics Gradients { get; }

    /// <summary>The last one that was drawn; null: none yet, or there is none of this model.</summary>
    public RunPicture? Picture => Volatile.Read(ref _picture);

    public static long Stride(long totalSteps) => Math.Max(1, (totalSteps + Points - 1) / Points);

    public void On(RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.EpochEnded { Result: var epoch }:
                Add(new EpochLine(epoch.Epoch + 1, (epoch.Epoch + 1L) * _perEpoch, Finite(epoch.MeanLoss), epoch.TrainAccuracy, Finite(epoch.TestLoss), epoch.TestAccuracy));
                break;
            case RunEvent.StepSkipped skipped:
                AddEvent("skipped", $"step {skipped.Step} changed nothing: {skipped.Reason}", isWarning: true);
                break;
            case RunEvent.CheckpointWritten written: Add(new EventLine("checkpoint", "checkpoint", false, written.Step)); break;
            case RunEvent.Ended ended:
                if (_last.Step % _every != 0) AddStep(); // the curve ends where the run does
                AddEvent("ended", ended.Result.Reason, ended.Result.End is RunEnd.Failed);
                break;
            case RunEvent.WorkerJoined joined: AddEvent("joined", joined, joined.Worker); break;
            case RunEvent.WorkerLost lost: AddEvent("lost", lost, lost.Worker); break;
            case RunEvent.WorkerStalled stalled: AddEvent("stalled", stalled, stalled.Worker); break;
            case RunEvent.WorkerRecovered recovered: AddEvent("recovered", recovered, recovered.Worker); break;
            case RunEvent.WorkerExcluded excluded: AddEvent("excluded", excluded, excluded.Worker); break;
            case RunEvent.ShardDisputed: AddEvent("audit", happened, null); break;
            case RunEvent.RateSet: AddEvent("rate", happened, null); break;
            default:
                if (RunSentences.Of(happened) is not null) AddEvent("notice", happened, null);
                break;
        }
    }

    public void OnStep(long step, int epoch, int batch, double loss, double trainSeconds, long samples)
    {
        _step = step;
        _last = (step, epoch, loss, trainSeconds, samples);
        if (step % _every == 0) AddStep();
    }

    public void OnAssigned(long step, int worker, int shards) => _timeline.OnAssigned(step, worker, shards);

    public void OnAnswered(long step, int worker, double computeSeconds) => _timeline.OnAnswered(step, worker, computeSeconds);

    /// <summary>A snapshot is there. Called beside the run; returns when all that was told until now is in the folder, so that no checkpoint is ahead of its curve.</summary>
    public void OnSnapshot(RunSnapshot snapshot)
    {
        var isLast = snapshot.Step == _setup.TotalSteps;
        if (isLast || _numbers.IsDue) Add(new LayersLine(snapshot.Step, _numbers.Take(() => Gradients.With(snapshot.Weights))));
        var told = new FlushMark();
        if (_lines.Writer.TryWrite(told)) Task.WaitAny(told.Done.Task, _writing);
        if (RunPictures.Of(_setup).Count > 0 && (isLast || _drawing.IsDue)) _lines.Writer.TryWrite(new PictureLine(snapshot.Step, snapshot.Weights) { At = _time.GetUtcNow() });
    }

    /// <summary>All that was told is in the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    private void Add(RunLine line)
    {
        line = line with { At = _time.GetUtcNow() };
        _history.Add(line);
        _lines.Writer.TryWrite(line);
    }

    private void AddStep() => Add(new StepLine(_last.Step, _last.Epoch + 1, Finite(_last.Loss), _last.TrainSeconds, _last.Samples));

    private void AddEvent(string what, RunEvent happened, int? worker)
    {
        var note = RunSentences.Of(happened)!.Value;
        Add(new EventLine(what, note.Line, note.Kind == NoteKind.Warning, _step, worker));
    }

    private void AddEvent(string what, string text, bool isWarning = false) => Add(new EventLine(what, text, isWarning, _step));

    private async Task DropAsync()
    {
        await foreach (var line in _lines.Reader.ReadAllAsync().ConfigureAwait(false))
            if (line is FlushMark mark) mark.Done.SetResult();
            else if (line is PictureLine weights) Draw(weights);
    }

    private async Task WriteAsync(RunFolder folder, long begin, Action<string> warn)
    {
        await Task.Yield();
        try
        {
            await using var metrics = Append(folder.MetricsFile);
            await using var events = Append(folder.EventsFile);
            using var board = EventFile.Create(folder.TensorBoard, _time.GetUtcNow());
            board.Text("job", $"```yaml\n{await File.ReadAllTextAsync(folder.JobFile).ConfigureAwait(false)}\n```", _time.GetUtcNow());
            if (metrics.Length > 0) await WriteAsync(new ResumedLine(begin) { At = _time.GetUtcNow() }, metrics).ConfigureAwait(false);
            while (await _lines.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (_lines.Reader.TryRead(out var line))
                {
                    if (line is FlushMark mark)
                    {
                        try
                        {
                            await FlushAsync().ConfigureAwait(false);
                        }
                        finally
                        {
                            mark.Done.SetResult();
                        }
                        continue;
                    }
                    if (line is not PictureLine) await WriteAsync(line, line is EventLine ? events : metrics).ConfigureAwait(false);
                    Show(line, board);
                }
                await FlushAsync().ConfigureAwait(false);
            }

            async Task FlushAsync()
            {
                await metrics.FlushAsync().ConfigureAwait(false);
                await events.FlushAsync().ConfigureAwait(false);
                board.Flush();
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            warn($"{folder.Path} takes no more of the run, which goes on: {refused.Message}");
            await DropAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Goes on behind the last whole line: a process that was killed may have left half of one.</summary>
    private static FileStream Append(string path)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var block = new byte[4096];
        for (var end = file.Length; end > 0;)
        {
            var begin = Math.Max(0, end - block.Length);
            file.Position = begin;
            file.ReadExactly(block, 0, (int)(end - begin));
            var newline = Array.LastIndexOf(block, (byte)'\n', (int)(end - begin) - 1);
            end = newline < 0 ? begin : 0;
            file.SetLength(newline < 0 ? begin : begin + newline + 1);
        }
        file.Position = file.Length;
        return file;
    }

    private static async Task WriteAsync(RunLine line, Stream to)
    {
        await to.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, RunLineJson.Default.RunLine)).ConfigureAwait(false);
        await to.WriteAsync("\n"u8.ToArray()).ConfigureAwait(false);
    }

    private void Show(RunLine line, EventFile board)
    {
        switch (line)
        {
            case PictureLine weights:
                if (Draw(weights) is { } picture) board.Image(picture.Name, picture.Step, picture.Width, picture.Height, picture.Channels, picture.Png, weights.At);
                break;
            case StepLine { Loss: { } loss } step: board.Scalar("step/loss", step.Step, loss, line.At); break;
            case EpochLine epoch:
                foreach (var (tag, value) in (ReadOnlySpan<(string, double?)>)[("train/loss", epoch.TrainLoss), ("train/accuracy", epoch.TrainAccuracy),
                    ("test/loss", epoch.TestLoss), ("test/accuracy", epoch.TestAccuracy)])
                    if (value is { } number) board.Scalar(tag, epoch.Step, number, line.At);
                break;
            case LayersLine layers:
                foreach (var layer in layers.Layers)
                {
                    if (layer.WeightNorm is { } norm)
                    {
                        board.Scalar($"norm/weights/{layer.Name}", layers.Step, norm, line.At);
                        board.Histogram($"weights/{layer.Name}", layers.Step, layer.Weights, norm, line.At);
                    }
                    if (layer is not { GradientNorm: { } gradient, Gradients: { } counts }) continue;
                    board.Scalar($"norm/gradient/{layer.Name}", layers.Step, gradient, line.At);
                    board.Histogram($"gradient/{layer.Name}", layers.Step, counts, gradient, line.At);
                }
                break;
        }
    }

    private RunPicture? Draw(PictureLine weights)
    {
        var picture = _drawing.Take(() => RunPictures.Draw(RunPictures.Of(_setup)[0], _setup, weights.Weights, weights.Step));
        if (picture is not null) Volatile.Write(ref _picture, picture);
        return picture;
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
