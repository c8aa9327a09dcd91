namespace Distributed.Actors;

/// <summary>A host cannot do what was asked of it, for a cause outside of the program; the message is a sentence a user can act on.</summary>
public sealed class HostException : Exception
{
    public HostException(string message)
        : base(message)
    {
    }

    public HostException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
