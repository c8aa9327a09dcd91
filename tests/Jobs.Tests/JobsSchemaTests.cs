using System.Text.Json.Nodes;

namespace Distributed.Jobs.Tests;

public class JobsSchemaTests
{
    private const string Rewrite = "DISTRIBUTED_REWRITE";

    private const string Sound = """
        data: {spiral: {points: 15, test: {draw: 100}}}
        model: [linear: 16, relu, {residual: [linear: {outputs: 16}, tanh]}, linear: 3]
        loss: softmax-cross-entropy
        optimizer: {sgd: {rate: 0.5, momentum: 0.9}}
        batch: 20
        shards: 8
        epochs: 5
        """;

    private static readonly SchemaCheck Schema = new((JsonObject)JsonNode.Parse(JobsSchema.Json())!);

    public static TheoryData<string> Examples => [.. Directory.GetFiles(TestFiles.Examples, "*.yaml").Select(path => Path.GetFileName(path))];

    [Fact]
    public void The_schema_in_docs_is_the_catalogs()
    {
        if (Environment.GetEnvironmentVariable(Rewrite) == "1") File.WriteAllText(TestFiles.Schema, JobsSchema.Json());
        Assert.True(File.ReadAllText(TestFiles.Schema) == JobsSchema.Json(),
            $"docs/jobs.schema.json is not what the catalog says; run the tests with {Rewrite}=1 and look at the difference");
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_fits(string name)
    {
        var text = File.ReadAllText(Path.Combine(TestFiles.Examples, name));
        Assert.True(Schema.Fits(text), $"{name} does not fit docs/jobs.schema.json");
        Assert.True(Schema.Fits(JobReader.Read(text, name).GetOrThrow().ToYaml()), $"{name} in its canonical form does not fit");
    }

    [Fact]
    public void A_sound_job_fits() => Assert.True(Schema.Fits(Sound));

    [Theory]
    [InlineData("batch: 20", "batch: -1")]
    [InlineData("batch: 20", "bach: 20")]
    [InlineData("shards: 8", "shards: 7")]
    [InlineData("epochs: 5", "")]
    [InlineData("epochs: 5", "epochs: many")]
    [InlineData("relu", "relo")]
    [InlineData("outputs: 16", "output: 16")]
    [InlineData("outputs: 16", "outputs: 0")]
    [InlineData("momentum: 0.9", "momentum: 2")]
    [InlineData("draw: 100", "own: 100")]
    [InlineData("points: 15", "points: [15]")]
    [InlineData("relu,", "relu, {tanh: , relu: },")]
    public void What_the_reader_refuses_does_not_fit(string part, string wrong)
    {
        var text = Sound.Replace(part, wrong, StringComparison.Ordinal);
        Assert.NotEmpty(JobReader.Read(text, "test").Problems);
        Assert.False(Schema.Fits(text));
    }
}
