using Distributed.Actors.Cells;

namespace Distributed.Actors.Sharing;

/// <summary>What processes of this machine ring when they have written into a ring of this node's, or made room in one; and the thread that hears it.</summary>
/// <remarks>
/// The memory: the node's id, whether the thread sleeps, a number that is counted up to wake it, and whether it is patient.
/// <code>
/// the thread                              who rings (<see cref="PeerBell"/>)
///   looks at all rings                      writes into a ring
///   seen := number                          ── fence ──
///   sleeps := 1 ── fence ──                 sleeps was 1, is 0 now?  number++, wake
///   looks once more
///   waits while number = seen
/// </code>
/// Either the second look finds what was written, or who has written finds that the thread sleeps. The number is read before it is said that the thread sleeps:
/// who takes that back counts it up, so the thread does not sleep while nobody would wake it. A peer that
/// lies in this memory makes the thread look in vain or sleep for <see cref="HostLimits.BellSleep"/>.
/// <para>What comes is handled on this thread, and so are the turns that it calls for of actors that say theirs are short
/// (<see cref="Actor.HasShortTurns"/>): between the peer that rings and the answer no thread waits for another.</para>
/// <para>Where there are as many peers as processors, each wake-up takes a processor from one that computes, and the system wakes a thread
/// where it ran last: always from the same one. So the thread moves on to another processor every <see cref="HostLimits.SleepsOnAProcessor"/> sleeps, and
/// all that wait for each other are held up alike. And it says in its memory that it is patient: who rings may put that off to the next message, where
/// what it has written is of no use before the others' (<see cref="HostLimits.PatientElements"/>).</para>
/// </remarks>
internal sealed class Bell
{
    [ThreadStatic]
    private static Bell? s_current;

    private readonly Lock _gate = new();
    private readonly MappedVector _memory;
    private readonly BellWords _words;
    private readonly TimeSpan _sleep;
    private readonly bool _bringsMessages;
    private readonly Queue<ActorCell> _after = new(); // touched on the thread only

    // Replaced, never changed.
    private volatile RingEnd[] _ends = [];
    private volatile bool _isClosed;
    private bool _isRunning;
    private int _sleeps; // touched on the thread only

    /// <param name="node">The id of this node.</param>
    /// <param name="sleep">It looks this often though nobody has rung; null: <see cref="HostLimits.BellSleep"/>.</param>
    /// <param name="bringsMessages">Chunks and the messages behind them come here. False: chunks alone, for which nothing that comes later rings.</param>
    /// <exception cref="IOException">There is no memory that could be shared.</exception>
    public Bell(ReadOnlySpan<byte> node, TimeSpan? sleep = null, bool bringsMessages = true)
    {
        (_sleep, _bringsMessages) = (sleep ?? HostLimits.BellSleep, bringsMessages);
        _memory = MappedVector.Create(BellWords.Elements, "bell");
        _words = new BellWords(_memory);
        _words.SetNode(node);
    }

    /// <summary>Whether there may be bells here.</summary>
    public static bool IsPossible => MemoryFile.IsPossible && Futex.IsPossible;

    /// <summary>That of the calling thread; null: it is none's.</summary>
    public static Bell? Current => s_current;

    /// <summary>By which other processes open it.</summary>
    public uint File => _memory.File;

    /// <summary>From now on a ring's end is looked at whenever the bell is rung.</summary>
    public void Add(RingEnd end)
    {
        lock (_gate)
        {
            _ends = [.. _ends, end];
            _words.IsPatient = _bringsMessages && IsCrowded;
            if (_isRunning || _isClosed)
            {
                return;
            }

            _isRunning = true;
        }

#pragma warning disable RS0030 // A host's own thread.
        new Thread(Loop) { IsBackground = true, Name = "bell" }.Start();
#pragma warning restore RS0030
    }

    public void Remove(RingEnd end)
    {
        lock (_gate)
        {
            _ends = [.. _ends.Where(one => one != end)];
            _words.IsPatient = _bringsMessages && IsCrowded;
        }
    }

    /// <summary>Ends the thread.</summary>
    public void Close()
    {
        _isClosed = true;
        _words.Ring();
    }

    /// <summary>Takes a turn, to be run by this thread, which must be the calling one, when it has looked at all rings.</summary>
    public void TurnAfter(ActorCell cell) => _after.Enqueue(cell);

    private void Loop()
    {
        s_current = this;
        while (!_isClosed)
        {
            if (LookAtAll() | RunTurns())
            {
                continue;
            }

            var seen = _words.BeginSleep();
            if (!_isClosed && !IsAnyAwaited())
            {
                if (IsOneEach && ++_sleeps % HostLimits.SleepsOnAProcessor == 0)
                {
                    Processors.MoveOn();
                }

                _words.Sleep(seen, _sleep);
            }

            _words.EndSleep();
        }

        while (RunTurns())
        {
            // What was taken is run.
        }

        GC.KeepAlive(_memory);
    }

    /// <summary>As many peers as processors; each has two ends here, one each way.</summary>
    private bool IsOneEach => _ends.Length / 2 == Environment.ProcessorCount;

    /// <summary>At least as many, and several, so that there is something to wait for: whoever wakes takes a processor from one that computes.</summary>
    private bool IsCrowded => _ends.Length / 2 >= Math.Max(2, Environment.ProcessorCount);

    private bool IsAnyAwaited()
    {
        var ends = _ends;
        var any = Array.Exists(ends, end => end.IsAwaited);
        GC.KeepAlive(ends);
        return any;
    }

    private bool LookAtAll()
    {
        var any = false;
        var ends = _ends;
        foreach (var end in ends)
        {
            any |= end.Look();
        }

        GC.KeepAlive(ends); // an end that was removed meanwhile must keep its memory
        return any;
    }

    private bool RunTurns()
    {
        var count = _after.Count;
        for (var i = 0; i < count; i++)
        {
            _after.Dequeue().Turn(HostLimits.MessagesPerTurn);
        }

        return count > 0;
    }
}

/// <summary>The bell of a peer, which this process rings.</summary>
internal sealed class PeerBell
{
    private readonly MappedVector _memory;
    private readonly BellWords _words;

    /// <param name="node">The id of the node whose it must be.</param>
    /// <exception cref="IOException">The process has no such bell.</exception>
    public PeerBell(ulong processId, uint file, ReadOnlySpan<byte> node)
    {
        _memory = MappedVector.Open(processId, file, BellWords.Elements);
        _words = new BellWords(_memory);
        if (!_words.IsOf(node))
        {
            throw new IOException("the bell is another node's");
        }
    }

    /// <summary>Whether the peer would rather not be woken for what it can do nothing with yet.</summary>
    public bool IsPatient
    {
        get
        {
            var patient = _words.IsPatient;
            GC.KeepAlive(_memory);
            return patient;
        }
    }

    /// <summary>Has the peer look, if its thread sleeps. What was written before is seen then.</summary>
    public void Ring()
    {
        _words.Ring();
        GC.KeepAlive(_memory);
    }
}

/// <summary>Where what stands in the memory of a bell. The memory must be kept alive by who has this.</summary>
internal readonly unsafe struct BellWords
{
    /// <summary>A page.</summary>
    public const int Elements = 1024;

    private const int SleepsAt = 64, NumberAt = 128, PatientAt = 192;

    private readonly byte* _memory;

    public BellWords(MappedVector memory) => _memory = (byte*)memory.Pin().Pointer;

    private ref int Sleeps => ref *(int*)(_memory + SleepsAt);

    private int* Number => (int*)(_memory + NumberAt);

    /// <summary>Whether who rings may wait until something comes that the node can do something with.</summary>
    public bool IsPatient
    {
        get => Volatile.Read(ref Patient) != 0;
        set => Volatile.Write(ref Patient, value ? 1 : 0);
    }

    private ref int Patient => ref *(int*)(_memory + PatientAt);

    public void SetNode(ReadOnlySpan<byte> node) => node.CopyTo(new Span<byte>(_memory, SleepsAt));

    public bool IsOf(ReadOnlySpan<byte> node) => new ReadOnlySpan<byte>(_memory, node.Length).SequenceEqual(node);

    public void Ring()
    {
        if (Interlocked.Exchange(ref Sleeps, 0) != 0)
        {
            Interlocked.Increment(ref *Number);
            Futex.Wake(Number);
        }
    }

    /// <returns>The number to sleep on.</returns>
    public int BeginSleep()
    {
        var seen = Volatile.Read(ref *Number);
        Interlocked.Exchange(ref Sleeps, 1);
        return seen;
    }

    public void Sleep(int seen, TimeSpan atMost) => Futex.Wait(Number, seen, atMost);

    public void EndSleep() => Volatile.Write(ref Sleeps, 0);
}
