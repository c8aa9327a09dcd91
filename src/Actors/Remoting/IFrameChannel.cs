using Distributed.Actors.Cells;

namespace Distributed.Actors.Remoting;

/// <summary>One side of a connection between two nodes, as the actors' traffic sees it.</summary>
internal interface IFrameChannel
{
    /// <summary>What the other node calls itself.</summary>
    string PeerName { get; }

    /// <summary>Sends in order, or gives the frame to the dead letters if the connection is closed.</summary>
    /// <param name="isAhead">It may wait for the next one.</param>
    void Send(in OutboundFrame frame, bool isAhead = false);
}

/// <summary>A way to a node that outlives connections.</summary>
internal interface ILink
{
    /// <summary>The node, for logs.</summary>
    string Target { get; }

    /// <summary>The traffic of the connection there is now; null: none.</summary>
    ActorTraffic? Traffic { get; }

    /// <summary>Takes a message that found no connection.</summary>
    void Drop(string path, object message);
}
