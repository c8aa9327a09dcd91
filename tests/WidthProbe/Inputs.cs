namespace Distributed.WidthProbe;

/// <summary>The same numbers in every process: many magnitudes, both signs, with extremes strewn in where asked.</summary>
internal sealed class Inputs(uint seed)
{
    private static readonly float[] Extremes =
    [
        0f, -0f, 1f, -1f, float.Epsilon, -float.Epsilon, 1.1754942e-38f, 1.17549435e-38f, float.MaxValue, float.MinValue,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, 88.72283f, 88.72284f, 89.5f, -87.4f, -103.9f, -104.5f, 0.625f,
        0.62499994f, 9.1f, 1e-10f, 0.99999994f, 1.0000001f,
    ];

    private uint _state = seed;

    public float[] Take(int length, bool extremes = false)
    {
        var values = new float[length];
        for (var i = 0; i < length; i++)
        {
            var draw = Next();
            values[i] = extremes && draw % 8 == 0
                ? Extremes[(int)(Next() % (uint)Extremes.Length)]
                : ((int)(draw >> 8) - (1 << 23)) * (1 << (int)(Next() >> 28)) / 4294967296f;
        }
        return values;
    }

    /// <summary>Offsets of shards that cover 0 to <paramref name="samples"/>, some of them empty.</summary>
    public int[] Shards(int samples, int shards)
    {
        var offsets = new int[shards + 1];
        for (var s = 1; s < shards; s++) offsets[s] = (int)(Next() % (uint)(samples + 1));
        offsets[shards] = samples;
        Array.Sort(offsets);
        return offsets;
    }

    public uint Next()
    {
        _state = (_state * 747796405) + 2891336453;
        var word = ((_state >> (int)((_state >> 28) + 4)) ^ _state) * 277803737;
        return (word >> 22) ^ word;
    }
}
