using Distributed.Engine;
using Distributed.Engine.Data;

namespace Distributed.Testing;

/// <summary>Samples as they are on a machine whose memory is faulty: in the first number of some of them one bit is flipped, so that
/// gradients are wrong now and then.</summary>
/// <param name="isFaulty">By the number of the sample.</param>
internal sealed class Flipped(DataSet data, Func<int, bool> isFaulty) : DataAround(data)
{
    /// <summary>In the mantissa of a float32: the number changes by an eighth, and stays finite.</summary>
    private const int Bit = 20;

    public override void CopyFeatures(ReadOnlySpan<int> indices, Span<float> features)
    {
        base.CopyFeatures(indices, features);
        var width = features.Length / indices.Length;
        for (var i = 0; i < indices.Length; i++)
        {
            if (!isFaulty(indices[i])) continue;
            ref var number = ref features[i * width];
            number = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(number) ^ (1 << Bit));
        }
    }
}
