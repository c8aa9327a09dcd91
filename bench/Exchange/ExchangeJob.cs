using Distributed.Jobs;

namespace Distributed.Exchange;

/// <summary>A job whose model has about as many parameters as asked for, and whose steps nobody computes: one shard of one sample
/// for each worker.</summary>
internal static class ExchangeJob
{
    private const int Samples = 1_000_000;

    /// <summary>Two layers between 2 features and 2 classes have (h₁ + 3)(h₂ + 3) − 7 parameters.</summary>
    /// <param name="samples">Of an epoch, at whose end the run must not come.</param>
    public static Job Read(int floats, int shards, int samples = Samples)
    {
        var first = (int)Math.Round(Math.Sqrt(floats + 7.0)) - 3;
        var second = (int)Math.Round((floats + 7.0) / (first + 3)) - 3;
        return JobReader.Read($"""
            name: exchange
            seed: 1
            data: {'{'}blobs: {'{'}classes: 2, points: {samples / 2}{'}'}{'}'}
            model: [linear: {first}, linear: {second}, linear: 2]
            loss: softmax-cross-entropy
            optimizer: {'{'}sgd: {'{'}rate: 0.01, momentum: 0.9{'}'}{'}'}
            batch: {shards}
            shards: {shards}
            epochs: 1
            """, "exchange.yaml").GetOrThrow();
    }
}
