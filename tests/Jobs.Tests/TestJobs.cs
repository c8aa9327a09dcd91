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

    /// <summary>The messages of a job's problems, one a line; the job must have some.</summary>
    public static string Problems(string text, params string[] overrides)
    {
        var result = JobReader.Read(text, "job.yaml", overrides);
        Assert.Null(result.Job);
        Assert.NotEmpty(result.Problems);
        return WithoutLists(string.Join('\n', result.Problems));
    }

    /// <summary>The text with the names of all layers replaced by &lt;layers&gt;, those of all losses by &lt;losses&gt;: so that a new
    /// kind changes no test of a message that lists them.</summary>
    public static string WithoutLists(string text)
    {
        foreach (var family in new[] { Catalog.Layers, Catalog.Losses })
            text = text.Replace(string.Join(", ", family.Kinds.Select(kind => kind.Name)), $"<{family.Plural}>", StringComparison.Ordinal);
        return text;
    }

    public static Job Read(string text, params string[] overrides) => JobReader.Read(text, "job.yaml", overrides).GetOrThrow();
}
