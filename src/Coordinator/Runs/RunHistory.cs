using System.Text.Json;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Runs;

/// <summary>What is known of a run: while it goes on in memory, later from its folder.</summary>
internal sealed class RunHistory
{
    /// <summary>Bytes of the largest file that is read.</summary>
    private const long MaxFileBytes = 1L << 30;

    /// <summary>Events that are kept in memory.</summary>
    private const int MaxEvents = 10_000;

    private readonly Lock _lock = new();
    private readonly List<StepLine> _steps = [];
    private readonly List<EpochLine> _epochs = [];
    private readonly List<EventLine> _events = [];
    private LayersLine? _layers;
    private int _resumes;

    /// <summary>Steps from a place in the list on, as many as there are now.</summary>
    public IReadOnlyList<StepLine> Steps(int from = 0) => From(_steps, from);

    public IReadOnlyList<EpochLine> Epochs(int from = 0) => From(_epochs, from);

    public IReadOnlyList<EventLine> Events(int from = 0) => From(_events, from);

    /// <summary>The newest; null: none yet.</summary>
    public LayersLine? Layers
    {
        get
        {
            lock (_lock) return _layers;
        }
    }

    /// <summary>How often the run was gone on with: what was read before does not count any more.</summary>
    public int Resumes
    {
        get
        {
            lock (_lock) return _resumes;
        }
    }

    public void Add(RunLine line)
    {
        lock (_lock)
            switch (line)
            {
                case StepLine step: _steps.Add(step); break;
                case EpochLine epoch: _epochs.Add(epoch); break;
                case EventLine happened when _events.Count < MaxEvents: _events.Add(happened); break;
                case LayersLine layers: _layers = layers; break;
                case ResumedLine resumed:
                    _steps.RemoveAll(step => step.Step > resumed.Step);
                    _epochs.RemoveAll(epoch => epoch.Step > resumed.Step);
                    if (_layers?.Step > resumed.Step) _layers = null;
                    _resumes++;
                    break;
            }
    }

    /// <summary>Reads a run's folder. A last line that was cut off is left out: the run may be writing it, or have been killed while it did.</summary>
    /// <exception cref="UserException">The files cannot be read.</exception>
    public static RunHistory Read(RunFolder folder)
    {
        var history = new RunHistory();
        foreach (var path in (string[])[folder.MetricsFile, folder.EventsFile])
        {
            if (!File.Exists(path)) continue;
            try
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                if (file.Length > MaxFileBytes) throw new UserException($"{path}: wanted at most {MaxFileBytes} bytes, it has {file.Length}");
                using var reader = new StreamReader(file);
                for (var number = 1; reader.ReadLine() is { } text; number++)
                    if (Parse(text, path, number, isLast: reader.Peek() < 0) is { } line) history.Add(line);
            }
            catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
            {
                throw new UserException($"{path} cannot be read: {wrong.Message}", wrong);
            }
        }
        return history;
    }

    private static RunLine? Parse(string text, string path, int number, bool isLast)
    {
        try
        {
            return JsonSerializer.Deserialize(text, RunLineJson.Default.RunLine);
        }
        catch (Exception wrong) when (wrong is JsonException or NotSupportedException)
        {
            return isLast ? null : throw new UserException($"{path}, line {number} is not what a run writes: {wrong.Message}", wrong);
        }
    }

    private IReadOnlyList<T> From<T>(List<T> all, int from)
    {
        lock (_lock) return from >= all.Count ? [] : all.GetRange(from, all.Count - from);
    }
}
