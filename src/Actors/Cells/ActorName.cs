using System.Buffers;
using Distributed.Protocol;

namespace Distributed.Actors.Cells;

/// <summary>The rule for actors' names: 1 to 64 of [a-z0-9./-].</summary>
internal static class ActorName
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789./-");

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= FrameLimits.MaxActorNameBytes && !name.AsSpan().ContainsAnyExcept(Allowed);

    /// <exception cref="ArgumentException">The name breaks the rule.</exception>
    public static void Check(string name)
    {
        if (!IsValid(name))
        {
            throw new ArgumentException(
                $"An actor's name is 1 to {FrameLimits.MaxActorNameBytes} characters of a-z, 0-9, '.', '/' and '-', not \"{name}\".",
                nameof(name));
        }
    }
}
