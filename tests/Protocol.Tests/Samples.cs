using Google.Protobuf;

namespace Distributed.Protocol.Tests;

/// <summary>One frame of every kind, with every field set, and the bytes that it has on the wire for all time.</summary>
internal static class Samples
{
    private static readonly ByteString Fingerprint = ByteString.CopyFrom([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    public static readonly float[] Elements = [1f, -2.5f, 3.25e-3f];

    public static readonly ChunkHeader Header = new(ChunkKind.Partial, 300, 7, 8, 4, 3) { Session = 0x1_0000_0003 };

    /// <summary>Name of the sample, the frame as the generated code has it, its golden bytes behind length and checks in hex.</summary>
    public static readonly (string Name, Frame Frame, string Golden)[] All =
    [
        ("hello", new Frame
        {
            Hello = new Hello
            {
                Protocol = 2, Node = Fingerprint.Span[..16].ToArray().ToByteString(), Name = "host/42", Nonce = Fingerprint, Secret = true,
            },
        },
            "1a41080212100102030405060708090a0b0c0d0e0f101a07686f73742f343222200102030405060708090a0b0c0d0e0f10111213" +
            "1415161718191a1b1c1d1e1f202801"),
        ("proof", new Frame { Proof = new Proof { Mac = Fingerprint } },
            "42220a200102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"),
        ("heartbeat", new Frame { Heartbeat = new Heartbeat { Sequence = 300 } },
            "220308ac02"),
        ("heartbeat 0", new Frame { Heartbeat = new Heartbeat() },
            "2200"),
        ("watch", new Frame { To = "worker", Watch = new Watch() },
            "0a06776f726b65722a00"),
        ("stopped", new Frame { From = "worker", Stopped = new ActorStopped { Reason = "done" } },
            "1206776f726b657232060a04646f6e65"),
        ("goodbye", new Frame { Goodbye = new Goodbye { Reason = "closing", Refused = true } },
            "3a0b0a07636c6f73696e671001"),
        ("shared memory", new Frame { SharedMemory = new SharedMemory { ProcessId = 300, File = 7, Token = Fingerprint } },
            "4a2708ac0210071a200102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"),
        ("shared memory with a bell", new Frame { SharedMemory = new SharedMemory { ProcessId = 300, File = 7, Token = Fingerprint, Bell = 8 } },
            "4a2908ac0210071a200102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202008"),
        ("shared ring", new Frame { SharedRing = new SharedRing { File = 9 } },
            "c201020809"),
        ("memory seen", new Frame { MemorySeen = new MemorySeen() },
            "5200"),
        ("shared vector", new Frame { SharedVector = new SharedVector { Number = 1, File = 9, Elements = 65536 } },
            "5a080801100918808004"),
        ("returned", new Frame { Returned = new Returned { Vectors = { 0, 3 }, Chunks = { 300, 7 } } },
            "62090a0200031203ac0207"),
        ("placed", new Frame { Placed = new Placed { Conversation = 0x0102030405060708, Number = 300 } },
            "6a0c09080706050403020110ac02"),
        ("lent chunk", Told(frame => frame.LentChunk = new LentChunk(Header, vector: 1, offset: 65536)),
            "0a0b636f6f7264696e61746f721208776f726b65722f31f20319080110ac021807200828043003388380808010400148808004"),
        ("join", Told(frame => frame.Join = new Join { Protocol = 1, Name = "host/42", Threads = 8, ProcessId = 42, Term = 2 }),
            "0a0b636f6f7264696e61746f721208776f726b65722f3182011108011207686f73742f34321808202a2802"),
        ("ready", Told(frame => frame.Ready = new Ready { Worker = 3, JobFingerprint = Fingerprint, DataFingerprint = Fingerprint, Session = 0x1_0000_0003, Held = 13 }),
            "0a0b636f6f7264696e61746f721208776f726b65722f318a014e080312200102030405060708090a0b0c0d0e0f10111213141516" +
            "1718191a1b1c1d1e1f201a200102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20208380808010280d"),
        ("partial done", Told(frame => frame.PartialDone = new PartialDone
        {
            Step = 12, Range = new Range { First = 4, Count = 4 }, Loss = 2.302585, Correct = 31, Samples = 64, ComputeNs = 1_500_000, Session = 0x1_0000_0003,
            Hash = Fingerprint.Span[..16].ToArray().ToByteString(), Dropped = true,
        }),
            "0a0b636f6f7264696e61746f721208776f726b65722f31920133080c12040804100419cf143aafb16b0240201f284030e0c65b38" +
            "838080801042100102030405060708090a0b0c0d0e0f104801"),
        ("evaluation done", Told(frame => frame.EvaluationDone = new EvaluationDone
        {
            Version = 12, Block = 5, Loss = 0.5, Correct = 90, Samples = 100, Session = 0x1_0000_0003, Dropped = true,
        }),
            "0a0b636f6f7264696e61746f721208776f726b65722f319a0119080c100519000000000000e03f205a28643083808080103801"),
        ("weights held", Told(frame => frame.WeightsHeld = new WeightsHeld { Version = 12, Session = 0x1_0000_0003 }),
            "0a0b636f6f7264696e61746f721208776f726b65722f31a20108080c108380808010"),
        ("work failed", Told(frame => frame.WorkFailed = new WorkFailed { Reason = "no data", Input = true, Session = 0x1_0000_0003 }),
            "0a0b636f6f7264696e61746f721208776f726b65722f31aa01110a076e6f20646174611001188380808010"),
        ("welcome", Told(frame => frame.Welcome = new Welcome
        {
            Worker = 3, Job = "model: mlp\n", JobFingerprint = Fingerprint, DataFingerprint = Fingerprint, ChunkElements = 65536, Session = 0x1_0000_0003, Version = 12,
        }),
            "0a0b636f6f7264696e61746f721208776f726b65722f3182025f0803120b6d6f64656c3a206d6c700a1a20010203040506070809" +
            "0a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2022200102030405060708090a0b0c0d0e0f101112131415161718191a1b" +
            "1c1d1e1f2028808004308380808010380c"),
        ("welcome with data", Told(frame => frame.Welcome = new Welcome { Worker = 3, Train = Part(50_000, DataPart.Types.Target.ClassMap), Test = Part(300, DataPart.Types.Target.Class) }),
            "0a0b636f6f7264696e61746f721208776f726b65722f31820285010803424108d086031203031818180220042a02181832200102" +
            "030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f203a0c0000803f000020c0f4fd543b4a3e08ac02120303" +
            "181820042a02181832200102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f203a0c0000803f000020c0" +
            "f4fd543b"),
        ("refused", Told(frame => frame.Refused = new Refused { Reason = "wrong version" }),
            "0a0b636f6f7264696e61746f721208776f726b65722f318a020f0a0d77726f6e672076657273696f6e"),
        ("assign", Told(frame => frame.Assign = new Assign
        {
            Step = 12, Epoch = 1, Batch = 4, Runs = { 0, 4, 8, 2 }, Session = 0x1_0000_0003, Audit = true,
        }),
            "0a0b636f6f7264696e61746f721208776f726b65722f31920214080c1001180428838080801030013a0400040802"),
        ("evaluate", Told(frame => frame.Evaluate = new Evaluate { Version = 12, Blocks = { new Range { First = 3, Count = 1 } }, Session = 0x1_0000_0003 }),
            "0a0b636f6f7264696e61746f721208776f726b65722f319a020e080c120408031001188380808010"),
        ("not finite", Told(frame => frame.NotFinite = new NotFinite
        {
            Step = 12, Range = new Range { First = 4, Count = 4 }, Shard = 5, Samples = { 3, 300 }, Sentence = "log of 0", Session = 0x1_0000_0003,
        }),
            "0a0b636f6f7264696e61746f721208776f726b65722f31b2011f080c1204080410041805220303ac022a086c6f67206f662030308380808010"),
        ("need samples", Told(frame => frame.NeedSamples = new NeedSamples { Session = 0x1_0000_0003, Test = true, Samples = { 3, 300 } }),
            "0a0b636f6f7264696e61746f721208776f726b65722f31ba010d08838080801010011a0303ac02"),
        ("samples", Told(frame => frame.Samples = new Distributed.Protocol.Samples
        {
            Session = 0x1_0000_0003, Test = true, Samples_ = { 3, 300 }, Records = LittleEndian(Elements).ToByteString(), Hash = Fingerprint,
        }),
            "0a0b636f6f7264696e61746f721208776f726b65722f31ba023d08838080801010011a0303ac02220c0000803f000020c0f4fd54" +
            "3b2a200102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"),
        ("finish", Told(frame => frame.Finish = new Finish { Reason = "done" }),
            "0a0b636f6f7264696e61746f721208776f726b65722f31a202060a04646f6e65"),
        ("wait", Told(frame => frame.Wait = new Wait { Reason = "full" }),
            "0a0b636f6f7264696e61746f721208776f726b65722f31aa02060a0466756c6c"),
        ("deposed", Told(frame => frame.Deposed = new Deposed { Reason = "term 2", Session = 0x1_0000_0003 }),
            "0a0b636f6f7264696e61746f721208776f726b65722f31b2020e0a067465726d2032108380808010"),
        ("stand by", Told(frame => frame.StandBy = new StandBy { Name = "host/43", JobFingerprint = Fingerprint, DataFingerprint = Fingerprint, Term = 2 }),
            "0a0b636f6f7264696e61746f721208776f726b65722f3182034f0a07686f73742f343312200102030405060708090a0b0c0d0e" +
            "0f101112131415161718191a1b1c1d1e1f201a200102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20" +
            "2002"),
        ("reign", Told(frame => frame.Reign = new Reign { Term = 3, Claimant = "host/42" }),
            "0a0b636f6f7264696e61746f721208776f726b65722f318a030b08031207686f73742f3432"),
        ("chunk", Told(frame => frame.Chunk = Wire(Header, Elements)),
            "0a0b636f6f7264696e61746f721208776f726b65722f31fa0326080110ac021807200828043003388380808010754c63f8d37a0c" +
            "0000803f000020c0f4fd543b"),
    ];

    public static Wire.TensorChunk Wire(in ChunkHeader header, ReadOnlySpan<float> elements) => new()
    {
        Kind = (Wire.TensorChunk.Types.Kind)header.Kind,
        Step = (ulong)header.Step,
        Index = (uint)header.Index,
        FirstShard = (uint)header.FirstShard,
        ShardCount = (uint)header.ShardCount,
        Elements = (uint)header.Elements,
        Session = header.Session,
        Front = 1,
        Data = LittleEndian(elements).ToByteString(),
    };

    /// <summary>The body as actors have it.</summary>
    public static object Body(Frame frame) => frame.BodyCase switch
    {
        Frame.BodyOneofCase.Chunk => new TensorChunk(Header, Elements.ToArray()),
        _ => Frame.Descriptor.FindFieldByNumber((int)frame.BodyCase).Accessor.GetValue(frame),
    };

    /// <summary>The frame as it goes over the wire, by the generated code and a checksum taken bit by bit.</summary>
    public static byte[] Delimited(Frame frame)
    {
        if (frame.Chunk is not { } chunk)
        {
            return Delimited(frame.ToByteArray());
        }

        chunk.Front = 1;
        return Delimited(WithFront(frame.ToByteArray(), new Wire.TensorChunk { Data = chunk.Data }.CalculateSize()));
    }

    /// <summary>The frame with the right check in the front field of its chunk, which ends so many bytes before the frame.</summary>
    public static byte[] WithFront(byte[] frame, int behind)
    {
        var front = frame.Length - behind - 5;
        Assert.Equal(0x75, frame[front]);
        BitConverter.TryWriteBytes(frame.AsSpan(front + 1), SlowCrc32C(frame.AsSpan(0, front)));
        return frame;
    }

    /// <summary>These bytes as a frame: with length and checksum, which may be made wrong.</summary>
    public static byte[] Delimited(byte[] rest, uint wrongCheck = 0)
    {
        var length = (uint)(rest.Length + 10);
        byte[] front = [0x75, .. BitConverter.GetBytes(length), 0x7D, .. BitConverter.GetBytes(SlowCrc32C(rest) ^ wrongCheck)];
        return [.. Varint(length), .. front, .. rest];
    }

    /// <summary>The definition: polynomial division, bit by bit.</summary>
    public static uint SlowCrc32C(ReadOnlySpan<byte> bytes)
    {
        var state = uint.MaxValue;
        foreach (var one in bytes)
        {
            state ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                state = state >> 1 ^ ((state & 1) != 0 ? 0x82F63B78 : 0);
            }
        }

        return ~state;
    }

    public static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }

    private static byte[] LittleEndian(ReadOnlySpan<float> elements)
    {
        var bytes = new byte[sizeof(float) * elements.Length];
        for (var i = 0; i < elements.Length; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(sizeof(float) * i), elements[i]);
        }

        return bytes;
    }

    private static ByteString ToByteString(this byte[] bytes) => ByteString.CopyFrom(bytes);

    private static DataPart Part(uint samples, DataPart.Types.Target target) =>
        new() { Samples = samples, Shape = { 3, 24, 24 }, Target = target, Classes = 4, TargetShape = { 24, 24 }, Fingerprint = Fingerprint, Palette = LittleEndian(Elements).ToByteString() };

    private static Frame Told(Action<Frame> body)
    {
        var frame = new Frame { To = "coordinator", From = "worker/1" };
        body(frame);
        return frame;
    }
}
