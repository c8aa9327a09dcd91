namespace Distributed.Protocol;

/// <summary>A peer sent what the protocol doesn't allow; the message is a sentence that says what. Its connection is to be dropped.</summary>
public sealed class ProtocolException : Exception
{
    public ProtocolException(string message)
        : base(message)
    {
    }

    public ProtocolException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
