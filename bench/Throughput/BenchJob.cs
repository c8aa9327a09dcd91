using Distributed.Jobs;

namespace Distributed.Throughput;

/// <summary>A model of the table with its mini-batch: MNIST, SGD with momentum 0.9, softmax cross-entropy, 8 virtual shards.</summary>
/// <param name="Batch">Samples of a step.</param>
internal sealed record BenchJob(string Model, int Batch)
{
    /// <summary>Samples of the training set.</summary>
    private const int Samples = 60_000;

    private static readonly Dictionary<string, (string Layers, long[] Products)> s_models = new()
    {
        ["mlp"] = ("[flatten, linear: 512, relu, linear: 256, relu, linear: 10]", [784 * 512, 512 * 256, 256 * 10]),
        ["mlp_large"] = ("[flatten, linear: 2048, relu, linear: 2048, relu, linear: 10]", [784 * 2048, 2048 * 2048, 2048 * 10]),
        ["cnn"] = ("[conv: {maps: 16, kernel: 5}, relu, max-pool: 2, conv: {maps: 32, kernel: 5}, relu, max-pool: 2, flatten, linear: 128, relu, linear: 10]",
            [784 * 25 * 16, 196 * 25 * 16 * 32, 1568 * 128, 1280]),
    };

    public static IReadOnlyCollection<string> Models => s_models.Keys;

    public string Name => $"{Model} {Batch}";

    /// <summary>Multiplications and additions of a training sample: forward and ∇W of every layer, ∇x of every layer but the first.</summary>
    public long FlopsPerSample => 2 * ((3 * s_models[Model].Products.Sum()) - s_models[Model].Products[0]);

    /// <exception cref="FormatException"><paramref name="text"/> is no MODEL:BATCH.</exception>
    public static BenchJob Parse(string text)
    {
        var parts = text.Split(':');
        return parts is [var model, var batch] && s_models.ContainsKey(model) && int.TryParse(batch, out var size) && size is > 0 and <= Samples
            ? new BenchJob(model, size)
            : throw new FormatException($"--jobs: wanted MODEL:BATCH with a model of {string.Join(", ", Models)}, came \"{text}\"");
    }

    /// <param name="folder">Of the IDX files.</param>
    public Job Read(string folder) => JobReader.Read($"""
        name: throughput
        seed: 1
        data: {'{'}idx: {'{'}folder: '{Path.GetFullPath(folder).Replace("'", "''")}', scale: standardize{'}'}{'}'}
        model: {s_models[Model].Layers}
        loss: softmax-cross-entropy
        optimizer: {'{'}sgd: {'{'}rate: 0.01, momentum: 0.9{'}'}{'}'}
        batch: {Batch}
        shards: 8
        epochs: 1000
        """, "throughput.yaml").GetOrThrow();
}
