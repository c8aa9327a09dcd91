using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Training;

public class FingerprintTests
{
    /// <summary>SHA-256 of the bytes 00 00 80 3f 00 00 00 c0, by sha256sum.</summary>
    [Fact]
    public void It_is_the_hash_of_little_endian_bytes() => Assert.Equal(
        "ee4ac73c2bd27756ab82780f27c73a7bc4d3f0bb6acb37e008bc27eccd7e588b", Fingerprint.Of([1f, -2f]));

    [Fact]
    public void It_tells_zero_from_minus_zero_and_order() =>
        Assert.Equal(4, new[] { Fingerprint.Of([0f, 1f]), Fingerprint.Of([-0f, 1f]), Fingerprint.Of([1f, 0f]), Fingerprint.Of([]) }
            .Distinct().Count());
}
