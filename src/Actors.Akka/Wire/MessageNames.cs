using System.Collections.Frozen;
using Distributed.Protocol;

namespace Distributed.Actors.Akka.Wire;

/// <summary>The types that may go from node to node.</summary>
internal static class MessageNames
{
    private static readonly FrozenSet<Type> Types = MessageTable.Types.Append(typeof(TensorChunk)).ToFrozenSet();

    private static readonly FrozenSet<string> Names = Types.Select(type => type.Name).ToFrozenSet(StringComparer.Ordinal);

    public static bool IsKnown(object message) => Types.Contains(message.GetType());

    public static bool IsKnown(string name) => Names.Contains(name);
}
