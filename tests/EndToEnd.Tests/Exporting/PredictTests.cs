using System.Text.Json;
using Distributed.EndToEnd.Tests.Driving;
using Distributed.Engine.Data;
using Distributed.Engine.Images;

namespace Distributed.EndToEnd.Tests.Exporting;

/// <summary><c>predict</c>, as a user has it.</summary>
public sealed class PredictTests
{
    private const string Csv = """
        name: flowers
        data: {csv: {file: flowers.csv, label: kind, scale: standardize-per-feature, test: training}}
        model:
          - linear: 8
          - tanh
          - linear: 2
        loss: softmax-cross-entropy
        optimizer: {sgd: {rate: 0.5}}
        batch: 4
        shards: 4
        epochs: 30
        """;

    private const string Pictures = """
        name: pictures
        data: {images: {folder: shades, test: training}}
        model:
          - flatten
          - linear: 2
        loss: softmax-cross-entropy
        optimizer: {sgd: {rate: 0.5}}
        batch: 4
        shards: 4
        epochs: 30
        """;

    private const string Sine = """
        name: sine
        data: {sine: {count: 20}}
        model:
          - linear: 4
          - tanh
          - linear: 1
        loss: squared
        optimizer: {sgd: {rate: 0.1}}
        batch: 10
        shards: 4
        epochs: 1
        """;

    [Fact]
    public async Task What_it_decides_is_what_evaluate_counts()
    {
        using var folder = new Folder();
        ImageFiles.Write(folder["images"]);
        using var run = await Tool.Coordinator("train", folder.Write("job.yaml", TestJobs.Images), "--in-process", "--checkpoints", folder["out"], "--set", "epochs=1").ExitAsync(0);
        using var evaluated = await Tool.Coordinator("evaluate", folder["out"]).ExitAsync(0);
        var right = int.Parse((await evaluated.LineAsync(@"\((\d+) of 12\)")).Groups[1].Value);

        using var predicted = await Tool.Coordinator("predict", folder["out"], folder[$"images/{ImageFiles.TestImages}"], "--format", "json").ExitAsync(0);

        var samples = JsonDocument.Parse(predicted.Output).RootElement.EnumerateArray().ToArray();
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"{ImageFiles.TestImages} sample {i}"), samples.Select(sample => sample.GetProperty("sample").GetString()));
        Assert.Equal(right, samples.Where((sample, i) => sample.GetProperty("class").GetInt32() == i % 3).Count());
        foreach (var sample in samples)
        {
            var probabilities = sample.GetProperty("probabilities").EnumerateArray().Select(one => one.GetDouble()).ToArray();
            Assert.Equal(1, probabilities.Sum(), 1e-5);
            Assert.Equal(probabilities.Max(), probabilities[sample.GetProperty("class").GetInt32()]);
        }
    }

    [Fact]
    public async Task Lines_of_a_csv_file_with_the_names_of_columns_and_classes()
    {
        using var folder = new Folder();
        folder.Write("flowers.csv", "kind,width,height\nrose,10,2000\niris,30,1000\nrose,11,2100\niris,29,1100\nrose,9,1900\niris,31,900\n");
        using var run = await Tool.Coordinator("train", folder.Write("job.yaml", Csv), "--in-process", "--checkpoints", folder["out"]).ExitAsync(0);
        folder.Write("new.csv", "height,width,\"who, when\"\n2000,10,\"a, b\"\n1000,30,c\n");

        using var table = await Tool.Coordinator("predict", folder["out"], folder["new.csv"]).ExitAsync(0);
        using var csv = await Tool.Coordinator("predict", folder["out"], folder["new.csv"], "--format", "csv", "--top", "2").ExitAsync(0);
        using var json = await Tool.Coordinator("predict", folder["out"], folder["new.csv"], "--format", "json", "--top", "1").ExitAsync(0);

        Assert.Matches(@"^sample +class  P\(iris\)  P\(rose\)\nnew.csv line 2  rose   0\.0\d{3}   0\.9\d{3}\nnew.csv line 3  iris   0\.9\d{3}   0\.0\d{3}$", table.Output.TrimEnd());
        Assert.Matches(@"^sample,class,probability,class 2,probability 2\nnew.csv line 2,rose,0\.9\d+,iris,0\.0\d+\nnew.csv line 3,iris,0\.9\d+,rose,0\.0\d+$", csv.Output.TrimEnd());
        var top = JsonDocument.Parse(json.Output).RootElement[0];
        Assert.Equal((1, "rose"), (top.GetProperty("class").GetInt32(), top.GetProperty("class_name").GetString()));
        Assert.Equal("rose", Assert.Single(top.GetProperty("top").EnumerateArray()).GetProperty("class_name").GetString());
        Assert.Equal(2, top.GetProperty("probabilities").GetArrayLength());
    }

    [Fact]
    public async Task Pictures_and_folders_of_them()
    {
        using var folder = new Folder();
        foreach (var (name, shade) in new[] { ("dark", 30), ("light", 220) })
            for (var i = 0; i < 4; i++) Picture(folder, $"shades/{name}/{i}.png", (byte)(shade + i));
        using var run = await Tool.Coordinator("train", folder.Write("job.yaml", Pictures), "--in-process", "--checkpoints", folder["out"]).ExitAsync(0);
        Picture(folder, "new/b.png", 5);
        Picture(folder, "new/a.png", 250);
        Picture(folder, "one.png", 250);

        using var predicted = await Tool.Coordinator("predict", folder["out"], folder["new"], folder["one.png"], "--top", "1").ExitAsync(0);

        Assert.Matches(@"^sample   class  probability\na\.png    light  [01]\.\d{4}\nb\.png    dark   [01]\.\d{4}\none\.png  light  [01]\.\d{4}$", predicted.Output.TrimEnd());

        ImageFile.Write(folder["large.png"], new Image(4, 2, 1));
        await ExportTests.RefusedAsync("large.png is 4 x 2 pixels, the model wants 3 x 2 (width x height)", "predict", folder["out"], folder["one.png"], folder["large.png"]);
    }

    [Fact]
    public async Task Numbers_where_the_model_gives_numbers()
    {
        using var folder = new Folder();
        using var run = await Tool.Coordinator("train", folder.Write("job.yaml", Sine), "--in-process", "--checkpoints", folder["out"]).ExitAsync(0);

        using var table = await Tool.Coordinator("predict", folder["out"], folder.Write("new.csv", "0.5\n-1\n")).ExitAsync(0);
        using var json = await Tool.Coordinator("predict", folder["out"], folder["new.csv"], "--format", "json").ExitAsync(0);

        Assert.Matches(@"^sample          output 0\nnew.csv line 1  -?\d\.\d{4}\nnew.csv line 2  -?\d\.\d{4}$", table.Output.TrimEnd());
        Assert.Equal(1, JsonDocument.Parse(json.Output).RootElement[1].GetProperty("outputs").GetArrayLength());
        await ExportTests.RefusedAsync("--top 2: it ranks classes, the data has targets of shape [1]", "predict", folder["out"], folder["new.csv"], "--top", "2");
    }

    [Fact]
    public async Task What_is_wrong_is_said_and_nothing_is_printed()
    {
        using var folder = new Folder();
        await ExportTests.TrainedAsync(folder);
        var points = folder.Write("points.csv", "0.1,0.2\n");

        await ExportTests.RefusedAsync("Required argument missing for command: 'predict'.", "predict", folder["out"]);
        await ExportTests.RefusedAsync("there is no file", "predict", folder["out"], points, folder["none.csv"]);
        await ExportTests.RefusedAsync("three.csv line 1: 2 numbers are wanted (samples have shape [2]), got 3 columns", "predict", folder["out"], points,
            folder.Write("three.csv", "1,2,3\n"));
        await ExportTests.RefusedAsync("--top 4: 1 to 3 are wanted, the data has 3 classes", "predict", folder["out"], points, "--top", "4");
        await ExportTests.RefusedAsync("--format: wanted table or json or csv, came \"xml\"", "predict", folder["out"], points, "--format", "xml");
    }

    /// <summary>A picture of one shade, 3 by 2.</summary>
    private static void Picture(Folder folder, string name, byte shade)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        ImageFile.Write(folder[name], new Image(3, 2, 1, [.. Enumerable.Repeat(shade, 6)]));
    }
}
