namespace Distributed.Coordinator.Scheduling;

/// <summary>The workers that take part, by number. Walking over them allocates nothing.</summary>
internal sealed class Members
{
    private readonly List<Member> _byNumber = [];

    public int Count => _byNumber.Count;

    public Member this[int number] => Find(number) ?? throw new BrokenInvariantException($"worker {number} is no member");

    /// <returns>Null: no member has this number.</returns>
    public Member? Find(int number)
    {
        var index = IndexOf(number);
        return index >= 0 ? _byNumber[index] : null;
    }

    /// <returns>False where there is one of its number.</returns>
    public bool TryAdd(Member member)
    {
        var index = IndexOf(member.Number);
        if (index >= 0) return false;
        _byNumber.Insert(~index, member);
        return true;
    }

    public void Remove(Member member) => _byNumber.Remove(member);

    public List<Member>.Enumerator GetEnumerator() => _byNumber.GetEnumerator();

    /// <returns>The complement of where it belongs, if there is none.</returns>
    private int IndexOf(int number)
    {
        var (from, to) = (0, _byNumber.Count - 1);
        while (from <= to)
        {
            var middle = (from + to) / 2;
            if (_byNumber[middle].Number == number) return middle;
            if (_byNumber[middle].Number < number) from = middle + 1;
            else to = middle - 1;
        }
        return ~from;
    }
}
