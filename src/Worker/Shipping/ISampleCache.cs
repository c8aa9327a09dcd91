namespace Distributed.Worker.Shipping;

/// <summary>Where a worker keeps samples that it was sent. Called beside the mailbox: may read and write files.</summary>
public interface ISampleCache
{
    /// <summary>What is kept of one part of some data.</summary>
    /// <param name="fingerprint">Of the part, 32 bytes: samples of other data are never mixed with it.</param>
    /// <param name="samples">Samples of the part.</param>
    /// <param name="recordBytes">Of each sample.</param>
    /// <exception cref="JobLoadException">It cannot be kept here: a sentence for the user.</exception>
    ISampleStore Open(byte[] fingerprint, int samples, int recordBytes);
}

/// <summary>Records of samples, each written whole or not at all. Reading and writing at the same time is safe; a sample is read after it was written.</summary>
public interface ISampleStore
{
    /// <summary>The samples that are whole, as they were when the store was opened.</summary>
    IReadOnlyList<int> Held { get; }

    /// <exception cref="IOException">The record cannot be read.</exception>
    void Read(int sample, Span<byte> record);

    /// <exception cref="IOException">There is no room.</exception>
    void Write(int sample, ReadOnlySpan<byte> record);
}
