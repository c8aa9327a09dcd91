using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Google.Protobuf;

namespace Distributed.Protocol;

/// <summary>Every message type that a frame may carry, by its field number in Frame.body. Nothing else is ever instantiated.</summary>
public static class MessageTable
{
    /// <summary>The number of the body that is not parsed as a whole: <see cref="TensorChunk"/>.</summary>
    public const int ChunkNumber = Frame.ChunkFieldNumber;

    /// <summary>Bytes that tags, lengths and numbers of a message take at most, its texts, bytes and ranges left out.</summary>
    private const int Overhead = 128;

    /// <summary>Bytes of one Range at most: tag, length, and two tagged numbers.</summary>
    private const int RangeBytes = 14;

    private const int FingerprintBytes = 32;

    /// <summary>Bytes of a DataPart at most.</summary>
    private const int PartBytes = FingerprintBytes + FrameLimits.PaletteBytes + (2 * 5 * FrameLimits.MaxShapeRank) + Overhead;

    private static readonly Entry[] Entries =
    [
        Of(Frame.HelloFieldNumber, Hello.Parser, FrameLimits.MaxPeerNameBytes + Overhead, hello => hello
            .Bytes(hello.Node, 16, "Hello.node").Bytes(hello.Nonce, 32, "Hello.nonce")
            .Text(hello.Name, FrameLimits.MaxPeerNameBytes, "Hello.name").OneLine(hello.Name, "Hello.name")),
        Of(Frame.HeartbeatFieldNumber, Heartbeat.Parser, Overhead, heartbeat => heartbeat),
        Of(Frame.WatchFieldNumber, Watch.Parser, Overhead, watch => watch),
        Of(Frame.StoppedFieldNumber, ActorStopped.Parser, FrameLimits.MaxReasonBytes + Overhead, stopped => stopped
            .Text(stopped.Reason, FrameLimits.MaxReasonBytes, "ActorStopped.reason")),
        Of(Frame.GoodbyeFieldNumber, Goodbye.Parser, FrameLimits.MaxReasonBytes + Overhead, goodbye => goodbye
            .Text(goodbye.Reason, FrameLimits.MaxReasonBytes, "Goodbye.reason")),
        Of(Frame.ProofFieldNumber, Proof.Parser, Overhead, proof => proof.Bytes(proof.Mac, 32, "Proof.mac")),
        Of(Frame.SharedMemoryFieldNumber, SharedMemory.Parser, Overhead, offer => offer.Bytes(offer.Token, 32, "SharedMemory.token")),
        Of(Frame.MemorySeenFieldNumber, MemorySeen.Parser, Overhead, seen => seen),
        Of(Frame.SharedVectorFieldNumber, SharedVector.Parser, Overhead, vector => vector),
        Of(Frame.SharedRingFieldNumber, SharedRing.Parser, Overhead, ring => ring),
        OfReused<Returned>(Frame.ReturnedFieldNumber, (2 * 5 * FrameLimits.MaxSharedVectors) + Overhead, returned => returned
            .Count(returned.Vectors.Count, FrameLimits.MaxSharedVectors, "Returned.vectors")
            .Count(returned.Chunks.Count, FrameLimits.MaxSharedVectors, "Returned.chunks")),
        OfReused<LentChunk>(Frame.LentChunkFieldNumber, Overhead, lent => lent),
        Of(Frame.PlacedFieldNumber, Placed.Parser, Overhead, placed => placed),
        Of(Frame.JoinFieldNumber, Join.Parser, FrameLimits.MaxPeerNameBytes + Overhead, join => join
            .Text(join.Name, FrameLimits.MaxPeerNameBytes, "Join.name").OneLine(join.Name, "Join.name")),
        Of(Frame.ReadyFieldNumber, Ready.Parser, 2 * FingerprintBytes + Overhead, ready => ready
            .Bytes(ready.JobFingerprint, FingerprintBytes, "Ready.job_fingerprint")
            .Bytes(ready.DataFingerprint, FingerprintBytes, "Ready.data_fingerprint")),
        OfReused<PartialDone>(Frame.PartialDoneFieldNumber, PartialHash.Bytes + Overhead, done => done
            .Bytes(done.Hash, PartialHash.Bytes, "PartialDone.hash")),
        Of(Frame.EvaluationDoneFieldNumber, EvaluationDone.Parser, Overhead, done => done),
        OfReused<WeightsHeld>(Frame.WeightsHeldFieldNumber, Overhead, held => held),
        Of(Frame.WorkFailedFieldNumber, WorkFailed.Parser, FrameLimits.MaxReasonBytes + Overhead, failed => failed
            .Text(failed.Reason, FrameLimits.MaxReasonBytes, "WorkFailed.reason")),
        Of(Frame.NotFiniteFieldNumber, NotFinite.Parser, FrameLimits.MaxReasonBytes + (5 * FrameLimits.MaxNamedSamples) + Overhead, found => found
            .Count(found.Samples.Count, FrameLimits.MaxNamedSamples, "NotFinite.samples")
            .Text(found.Sentence, FrameLimits.MaxReasonBytes, "NotFinite.sentence")),
        Of(Frame.NeedSamplesFieldNumber, NeedSamples.Parser, (5 * FrameLimits.MaxShippedSamples) + Overhead, need => need
            .Count(need.Samples.Count, FrameLimits.MaxShippedSamples, "NeedSamples.samples")),
        Of(Frame.SamplesFieldNumber, Samples.Parser, FrameLimits.MaxShippedBytes + (5 * FrameLimits.MaxShippedSamples) + FingerprintBytes + Overhead, sent => sent
            .Count(sent.Samples_.Count, FrameLimits.MaxShippedSamples, "Samples.samples")
            .Bytes(sent.Records, FrameLimits.MaxShippedBytes, "Samples.records")
            .Bytes(sent.Hash, FingerprintBytes, "Samples.hash")),
        Of(Frame.WelcomeFieldNumber, Welcome.Parser, FrameLimits.MaxJobBytes + 2 * FingerprintBytes + 2 * PartBytes + Overhead, welcome => welcome
            .Part(welcome.Train, "Welcome.train").Part(welcome.Test, "Welcome.test")
            .Text(welcome.Job, FrameLimits.MaxJobBytes, "Welcome.job")
            .Bytes(welcome.JobFingerprint, FingerprintBytes, "Welcome.job_fingerprint")
            .Bytes(welcome.DataFingerprint, FingerprintBytes, "Welcome.data_fingerprint")),
        Of(Frame.RefusedFieldNumber, Refused.Parser, FrameLimits.MaxReasonBytes + Overhead, refused => refused
            .Text(refused.Reason, FrameLimits.MaxReasonBytes, "Refused.reason")),
        OfReused<Assign>(Frame.AssignFieldNumber, (Assign.EntriesOfRun * 5 * FrameLimits.MaxRanges) + Overhead, assign => assign
            .Count(assign.Runs.Count, Assign.EntriesOfRun * FrameLimits.MaxRanges, "Assign.runs")
            .Even(assign.Runs.Count, "Assign.runs")),
        Of(Frame.EvaluateFieldNumber, Evaluate.Parser, RangeBytes * FrameLimits.MaxRanges + Overhead, evaluate => evaluate
            .Count(evaluate.Blocks.Count, FrameLimits.MaxRanges, "Evaluate.blocks")),
        Of(Frame.FinishFieldNumber, Finish.Parser, FrameLimits.MaxReasonBytes + Overhead, finish => finish
            .Text(finish.Reason, FrameLimits.MaxReasonBytes, "Finish.reason")),
        Of(Frame.WaitFieldNumber, Wait.Parser, FrameLimits.MaxReasonBytes + Overhead, wait => wait
            .Text(wait.Reason, FrameLimits.MaxReasonBytes, "Wait.reason")),
        Of(Frame.DeposedFieldNumber, Deposed.Parser, FrameLimits.MaxReasonBytes + Overhead, deposed => deposed
            .Text(deposed.Reason, FrameLimits.MaxReasonBytes, "Deposed.reason")),
        Of(Frame.StandByFieldNumber, StandBy.Parser, FrameLimits.MaxPeerNameBytes + 2 * FingerprintBytes + Overhead, standBy => standBy
            .Text(standBy.Name, FrameLimits.MaxPeerNameBytes, "StandBy.name")
            .Bytes(standBy.JobFingerprint, FingerprintBytes, "StandBy.job_fingerprint")
            .Bytes(standBy.DataFingerprint, FingerprintBytes, "StandBy.data_fingerprint")),
        Of(Frame.ReignFieldNumber, Reign.Parser, FrameLimits.MaxPeerNameBytes + Overhead, reign => reign
            .Text(reign.Claimant, FrameLimits.MaxPeerNameBytes, "Reign.claimant")),
    ];

    private static readonly FrozenDictionary<Type, Entry> ByType = Entries.ToFrozenDictionary(entry => entry.Type);
    private static readonly FrozenDictionary<int, Entry> ByNumber = Entries.ToFrozenDictionary(entry => entry.Number);

    /// <summary>The message classes, <see cref="TensorChunk"/> left out.</summary>
    public static IEnumerable<Type> Types => Entries.Select(entry => entry.Type);

    internal static Entry? Find(int number) => ByNumber.GetValueOrDefault(number);

    internal static Entry? Find(Type type) => ByType.GetValueOrDefault(type);

    /// <summary>The message as it may be sent: the same, or a copy whose reason or name is cut to its bound.</summary>
    /// <exception cref="ArgumentException">The type isn't in the table, or a bound other than a reason's is broken.</exception>
    public static object Prepare(object message)
    {
        if (message is TensorChunk chunk)
        {
            ChunkHead.CheckSent(chunk);
            return chunk;
        }

        var entry = Find(message.GetType()) ?? throw new ArgumentException(
            $"A {message.GetType()} cannot leave its process: only the messages of Frame.body in frame.proto can.", nameof(message));
        var prepared = Cut((IMessage)message);
        try
        {
            entry.Check(prepared);
        }
        catch (ProtocolException broken)
        {
            throw new ArgumentException(broken.Message, nameof(message), broken);
        }

        return prepared;
    }

    private static IMessage Cut(IMessage message)
    {
        switch (message)
        {
            case Hello m when IsLong(m.Name, FrameLimits.MaxPeerNameBytes):
                return new Hello(m) { Name = WireText.Cut(m.Name, FrameLimits.MaxPeerNameBytes) };
            case Join m when IsLong(m.Name, FrameLimits.MaxPeerNameBytes):
                return new Join(m) { Name = WireText.Cut(m.Name, FrameLimits.MaxPeerNameBytes) };
            case StandBy m when IsLong(m.Name, FrameLimits.MaxPeerNameBytes):
                return new StandBy(m) { Name = WireText.Cut(m.Name, FrameLimits.MaxPeerNameBytes) };
            case ActorStopped m when IsLong(m.Reason, FrameLimits.MaxReasonBytes):
                return new ActorStopped(m) { Reason = WireText.Cut(m.Reason, FrameLimits.MaxReasonBytes) };
            case Goodbye m when IsLong(m.Reason, FrameLimits.MaxReasonBytes):
                return new Goodbye(m) { Reason = WireText.Cut(m.Reason, FrameLimits.MaxReasonBytes) };
            case WorkFailed m when IsLong(m.Reason, FrameLimits.MaxReasonBytes):
                return new WorkFailed(m) { Reason = WireText.Cut(m.Reason, FrameLimits.MaxReasonBytes) };
            case NotFinite m when IsLong(m.Sentence, FrameLimits.MaxReasonBytes):
                return new NotFinite(m) { Sentence = WireText.Cut(m.Sentence, FrameLimits.MaxReasonBytes) };
            case Refused m when IsLong(m.Reason, FrameLimits.MaxReasonBytes):
                return new Refused(m) { Reason = WireText.Cut(m.Reason, FrameLimits.MaxReasonBytes) };
            case Finish m when IsLong(m.Reason, FrameLimits.MaxReasonBytes):
                return new Finish(m) { Reason = WireText.Cut(m.Reason, FrameLimits.MaxReasonBytes) };
            case Wait m when IsLong(m.Reason, FrameLimits.MaxReasonBytes):
                return new Wait(m) { Reason = WireText.Cut(m.Reason, FrameLimits.MaxReasonBytes) };
            case Deposed m when IsLong(m.Reason, FrameLimits.MaxReasonBytes):
                return new Deposed(m) { Reason = WireText.Cut(m.Reason, FrameLimits.MaxReasonBytes) };
            default:
                return message;
        }
    }

    private static bool IsLong(string text, int max) => text.Length > max / 3 && Encoding.UTF8.GetByteCount(text) > max;

    private static T Text<T>(this T message, string text, int max, string field)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        return bytes <= max ? message : throw new ProtocolException($"{field} may have {max} bytes, but has {bytes}.");
    }

    /// <summary>Names stand in logs and on terminals, where control characters would do what their sender wants.</summary>
    private static T OneLine<T>(this T message, string text, string field) => text.Any(char.IsControl)
        ? throw new ProtocolException($"{field} has control characters.")
        : message;

    private static T Bytes<T>(this T message, ByteString bytes, int max, string field) => bytes.Length <= max
        ? message
        : throw new ProtocolException($"{field} may have {max} bytes, but has {bytes.Length}.");

    private static T Count<T>(this T message, int count, int max, string field) => count <= max
        ? message
        : throw new ProtocolException($"{field} may have {max} entries, but has {count}.");

    private static T Even<T>(this T message, int count, string field) => count % 2 == 0
        ? message
        : throw new ProtocolException($"{field} must have an even number of entries, but has {count}.");

    private static T Part<T>(this T message, DataPart? part, string field)
    {
        part?.Bytes(part.Fingerprint, FingerprintBytes, $"{field}.fingerprint")
            .Bytes(part.Palette, FrameLimits.PaletteBytes, $"{field}.palette")
            .Count(part.Shape.Count, FrameLimits.MaxShapeRank, $"{field}.shape")
            .Count(part.TargetShape.Count, FrameLimits.MaxShapeRank, $"{field}.target_shape");
        return message;
    }

    private static Entry Of<T>(int number, MessageParser<T> parser, int maxBytes, Func<T, T> check)
        where T : class, IMessage<T>
    {
        var lean = parser.WithDiscardUnknownFields(true);
        return new Entry(number, typeof(T), maxBytes, body => lean.ParseFrom(body), message => check((T)message));
    }

    /// <summary>What is read is a message that was rented.</summary>
    private static Entry OfReused<T>(int number, int maxBytes, Func<T, T> check)
        where T : ReusedMessage<T>, IMessage<T>, new() => Of(number, new MessageParser<T>(ReusedMessage<T>.Rent), maxBytes, check);

    /// <param name="MaxBytes">Of the encoded body; checked before it is parsed.</param>
    /// <param name="Check">Throws <see cref="ProtocolException"/> when a field's bound is broken.</param>
    internal sealed record Entry(
        int Number, Type Type, int MaxBytes, Func<ReadOnlySequence<byte>, IMessage> Parse, Action<IMessage> Check);
}
