namespace Distributed.Actors.Cells;

/// <summary>What is left until the turn on this thread ends: what an actor tells in one turn goes out together, and no later.</summary>
internal static class TurnEnd
{
    [ThreadStatic]
    private static List<ILeftover>? s_leftovers;

    /// <summary>Does what was left, when the turn is over.</summary>
    public static void Finish()
    {
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
        if (!ActorCell.IsThreadInTurn)
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
