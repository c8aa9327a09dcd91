namespace Distributed.Coordinator.Tests;

/// <summary>Seeded choices for tests.</summary>
internal sealed class TestRandom(uint seed)
{
    private ulong _state = seed * 0x9E3779B97F4A7C15ul + 1;

    /// <summary>0..bound−1.</summary>
    public int Next(int bound)
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        return (int)((_state >> 33) % (ulong)bound);
    }
}
