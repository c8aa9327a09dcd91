using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Distributed.Protocol;
using Google.Protobuf;

namespace Distributed.Actors.Akka.Wire;

/// <summary>The one way of this project's messages between nodes: Protocol's table, and nothing beside it.</summary>
/// <remarks>A manifest is looked up in a list; no type is ever found by a name that came from a peer. A body that is not of its manifest's type is
/// refused.</remarks>
internal sealed class FrameSerializer : SerializerWithStringManifest
{
    /// <summary>In front of a body's name: the message is part of a conversation.</summary>
    private const string InConversation = "#";

    private readonly HostSetup _host;

    public FrameSerializer(ExtendedActorSystem system)
        : base(system) => _host = system.Settings.Setup.Get<HostSetup>().Value;

    public override int Identifier => 71_530_001;

    public override string Manifest(object o) => o is Outgoing outgoing ? InConversation + outgoing.Name : o.GetType().Name;

    public override byte[] ToBinary(object obj) => obj switch
    {
        Outgoing outgoing => outgoing.Payload,
        Taken or Broken => ((IMessage)obj).ToByteArray(),
        _ => ClusterCodec.Encode(MessageTable.Prepare(obj)),
    };

    public override object FromBinary(byte[] bytes, string manifest)
    {
        _host.CountReceived(bytes.Length);
        try
        {
            if (bytes.Length > ClusterCodec.MaxBytes) throw new ProtocolException($"A message may have {ClusterCodec.MaxBytes} bytes, but has {bytes.Length}.");
            return manifest switch
            {
                nameof(Taken) => Taken.Parser.ParseFrom(bytes),
                nameof(Broken) => Checked(Broken.Parser.ParseFrom(bytes)),
                _ when manifest.StartsWith(InConversation, StringComparison.Ordinal) && MessageNames.IsKnown(manifest[1..]) => Numbered(bytes, manifest[1..]),
                _ when MessageNames.IsKnown(manifest) => OfName(ClusterCodec.Decode(bytes, _host.Chunks), manifest),
                _ => throw new ProtocolException($"\"{WireText.OneLine(WireText.Cut(manifest, 64))}\" is none of the messages of this project."),
            };
        }
        catch (Exception wrong) when (wrong is ProtocolException or InvalidProtocolBufferException)
        {
            throw new SerializationException(wrong.Message, wrong);
        }
    }

    private Incoming Numbered(byte[] bytes, string name)
    {
        var (head, body) = ClusterCodec.DecodeNumbered(bytes, _host.Chunks);
        return new Incoming(head, OfName(body, name));
    }

    private static object OfName(object body, string name)
    {
        if (body.GetType().Name == name) return body;
        (body as IReleasable)?.Release();
        throw new ProtocolException($"A {body.GetType().Name} came as a {name}.");
    }

    private static Broken Checked(Broken broken) => broken.Reason.Length <= FrameLimits.MaxReasonBytes
        ? broken
        : throw new ProtocolException($"Broken.reason may have {FrameLimits.MaxReasonBytes} bytes.");
}

/// <summary>In the place of serializers that find types by the names that a peer sends, and of the one for all that nobody has declared.</summary>
internal sealed class RefusingSerializer : SerializerWithStringManifest
{
    public RefusingSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <param name="settings">Of the serializer whose place it takes.</param>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system)
    {
    }

    public override int Identifier => 71_530_002;

    public override string Manifest(object o) => "";

    public override byte[] ToBinary(object obj) =>
        throw new SerializationException($"A {obj.GetType()} cannot leave its process: only the messages of Frame.body in frame.proto can.");

    public override object FromBinary(byte[] bytes, string manifest) => throw new SerializationException("This serializer takes nothing.");
}
