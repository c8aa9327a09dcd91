using System.Collections.Concurrent;
using Distributed.Worker.Shipping;

namespace Distributed.Testing;

/// <summary>A cache of samples in memory, which outlives its worker as a disk does.</summary>
internal sealed class MemorySamples : ISampleCache
{
    private readonly ConcurrentDictionary<string, Store> _stores = [];

    /// <summary>Records that were written, all parts together; a record that is written again counts again.</summary>
    public int Written => _stores.Values.Sum(store => store.Written);

    public ISampleStore Open(byte[] fingerprint, int samples, int recordBytes) =>
        new Opened(_stores.GetOrAdd($"{Convert.ToHexString(fingerprint)} {samples} {recordBytes}", _ => new Store()));

    private sealed class Store
    {
        private int _written;

        public ConcurrentDictionary<int, byte[]> Records { get; } = [];

        public int Written => _written;

        public void Write(int sample, ReadOnlySpan<byte> record)
        {
            Records[sample] = record.ToArray();
            Interlocked.Increment(ref _written);
        }
    }

    /// <summary>What is held is told as it was when it was opened.</summary>
    private sealed class Opened(Store store) : ISampleStore
    {
        public IReadOnlyList<int> Held { get; } = [.. store.Records.Keys.Order()];

        public void Read(int sample, Span<byte> record)
        {
            if (!store.Records.TryGetValue(sample, out var kept)) throw new InvalidOperationException($"sample {sample} is read and was never written");
            kept.CopyTo(record);
        }

        public void Write(int sample, ReadOnlySpan<byte> record) => store.Write(sample, record);
    }
}
