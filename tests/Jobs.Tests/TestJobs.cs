using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Jobs.Catalogs;

namespace Distributed.Jobs.Tests;

internal static class TestJobs
{
    public const string Spiral = """
        name: small
        data: {spiral: {points: 10}}
        model:
          - linear: 5
          - relu
          - linear: 3
        loss: softmax-cross-entropy
        optimizer: {sgd: {rate: 0.5}}
        batch: 30
        epochs: 2
        """;

    public static Job SpiralInCode => new()
    {
        Name = "small",
        Data = new SpiralData { Points = 10 },
        Model = new Sequential(new Linear(5), new ReLU(), new Linear(3)),
        Loss = new SoftmaxCrossEntropyLoss(),
        Optimizer = new Sgd(0.5f),
        Batch = 30,
        Epochs = 2,
    };

    /// <summary>The messages of a job's problems, one a line; the job must have some. A list of all kinds of a family, or of all keys of a
    /// job, stands as its name: "Known: [layers]".</summary>
    public static string Problems(string text, params string[] overrides)
    {
        var result = JobReader.Read(text, "job.yaml", overrides);
        Assert.Null(result.Job);
        Assert.NotEmpty(result.Problems);
        return Abbreviate(string.Join('\n', result.Problems));
    }

    public static string Abbreviate(string text)
    {
        foreach (var family in Catalog.Families)
        {
            string[] names = [.. family.Kinds.Select(kind => kind.Name)];
            foreach (var all in new[] { [.. names.Append("none").Order(StringComparer.Ordinal)], names })
                text = text.Replace($"nown: {string.Join(", ", all)}", $"nown: [{family.Plural}]", StringComparison.Ordinal)
                    .Replace($"({string.Join(", ", all)})", $"([{family.Plural}])", StringComparison.Ordinal);
        }
        return text.Replace(string.Join(", ", Catalog.Job.Keys.Select(key => key.Name)), "[keys]", StringComparison.Ordinal);
    }

    public static Job Read(string text, params string[] overrides) => JobReader.Read(text, "job.yaml", overrides).GetOrThrow();
}
