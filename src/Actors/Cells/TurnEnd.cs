namespace Distributed.Actors.Cells;

/// <summary>What is left until the turn on this thread ends: what an actor tells in one turn goes out together, and no later.</summary>
internal static class TurnEnd
{
    [ThreadStatic]
    private static List<ILeftover>? s_leftovers;

    [ThreadStatic]
    private static bool s_isInTurn;

    public static void BeginTurn() => s_isInTurn = true;

    /// <summary>Does what was left.</summary>
    public static void EndTurn()
    {
        s_isInTurn = false;
        if (s_leftovers is not { Count: > 0 } leftovers)
        {
            return;
        }

        foreach (var leftover in leftovers)
        {
            leftover.Finish();
        }

        leftovers.Clear();
    }

    /// <summary>Leaves it to the end of the turn; outside of turns it is done at once.</summary>
    public static void Leave(ILeftover leftover)
    {
        if (!s_isInTurn)
        {
            leftover.Finish();
        }
        else if (!(s_leftovers ??= []).Contains(leftover))
        {
            s_leftovers.Add(leftover);
        }
    }
}

/// <summary>Something that can wait until a turn ends.</summary>
internal interface ILeftover
{
    void Finish();
}
