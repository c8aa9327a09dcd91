using Distributed.EndToEnd.Tests.Driving;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Training;
using Distributed.Jobs;
using Checkpoint = Distributed.Engine.Checkpoints.Checkpoint;

namespace Distributed.EndToEnd.Tests.Exporting;

/// <summary><c>import</c>, as a user has it.</summary>
public sealed class ImportTests
{
    private static readonly string[] Map = ["--map", "0=linear1", "--map", "2=linear2"];

    [Fact]
    public async Task A_run_that_begins_with_imported_weights_ends_as_one_that_began_with_them_itself()
    {
        using var folder = new Folder();
        var job = folder.Write("job.yaml", TestJobs.Tiny);
        WriteTheirs(folder["theirs.safetensors"], Beginning());

        using var imported = await Tool.Coordinator(["import", job, "--weights", folder["theirs.safetensors"], "--out", folder["out"], .. Map]).ExitAsync(0);
        Assert.Equal(["step-00000000.safetensors"], Directory.GetFiles(folder["out"]).Select(Path.GetFileName));
        using var inspected = await Tool.Coordinator("inspect", folder["out"]).ExitAsync(0);
        await inspected.LineAsync("^step +0 ");
        Assert.Equal(imported.Fingerprint, inspected.Fingerprint);
        Assert.Equal(Fingerprint.Of(Beginning().Weights), imported.Fingerprint);

        using var run = await Tool.Coordinator("train", job, "--in-process", "--workers", "2", "--checkpoints", folder["out"], "--resume").ExitAsync(0);
        Assert.Equal(Answer.Of(TestJobs.Tiny), run.Fingerprint);
    }

    [Fact]
    public async Task What_was_trained_elsewhere_is_evaluated_predicted_with_and_exported()
    {
        using var folder = new Folder();
        var fingerprint = await ExportTests.TrainedAsync(folder);
        using var trained = await Tool.Coordinator("evaluate", folder["out"]).ExitAsync(0);
        var checkpoint = Checkpoint.Load(CheckpointFiles.PathOf(folder["out"], 15));
        WriteTheirs(folder["theirs.safetensors"], (checkpoint.Parameters, checkpoint.Weights));
        folder.Write("map", "# of torch.nn.Sequential\n0=linear1\n\n2 = linear2 # the last\n".Replace(" = ", "=", StringComparison.Ordinal));

        using var imported = await Tool.Coordinator("import", folder["job.yaml"], "--weights", folder["theirs.safetensors"], "--out", folder["theirs/model.safetensors"],
            "--map", folder["map"]).ExitAsync(2);
        Assert.Contains("cannot be written", imported.Errors, StringComparison.Ordinal);
        using var again = await Tool.Coordinator("import", folder["job.yaml"], "--weights", folder["theirs.safetensors"], "--out", folder["model.safetensors"],
            "--map", folder["map"]).ExitAsync(0);

        using var evaluated = await Tool.Coordinator("evaluate", folder["model.safetensors"]).ExitAsync(0);
        Assert.Equal(fingerprint, evaluated.Fingerprint);
        Assert.Equal(trained.Output.Split('\n')[1..], evaluated.Output.Split('\n')[1..]);
        using var predicted = await Tool.Coordinator("predict", folder["model.safetensors"], folder.Write("points.csv", "0.1,0.2\n")).ExitAsync(0);
        using var exported = await Tool.Coordinator("export", folder["model.safetensors"], "--onnx", folder["model.onnx"]).ExitAsync(0);
    }

    [Fact]
    public async Task Axes_in_another_order()
    {
        using var folder = new Folder();
        var (layout, weights) = Beginning();
        SafeTensorsFile.Write(folder["theirs.safetensors"],
            [.. layout.Slices.Select(slice => slice.Name == "linear1.weight"
                ? new SafeTensor(slice.Name, new(2, 16), Enumerable.Range(0, 32).Select(i => weights[slice.Offset + (i % 16 * 2) + (i / 16)]).ToArray())
                : new SafeTensor(slice.Name, slice.Shape, weights.AsMemory(slice.Offset, slice.Count)))], new Dictionary<string, string>());
        string[] import = ["import", folder.Write("job.yaml", TestJobs.Tiny), "--weights", folder["theirs.safetensors"], "--out", folder["out"]];

        await ExportTests.RefusedAsync("\"linear1.weight\" [2, 16]: linear1.weight [16, 2] is wanted (--transpose linear1.weight=1,0 makes it so)", import);
        using var imported = await Tool.Coordinator([.. import, "--transpose", "linear1.weight=1,0"]).ExitAsync(0);

        Assert.Equal(Fingerprint.Of(weights), imported.Fingerprint);
    }

    [Fact]
    public async Task What_is_wrong_is_said_and_nothing_is_written()
    {
        using var folder = new Folder();
        WriteTheirs(folder["theirs.safetensors"], Beginning());
        string[] import = ["import", folder.Write("job.yaml", TestJobs.Tiny), "--weights", folder["theirs.safetensors"], "--out", folder["out"]];

        await ExportTests.RefusedAsync("theirs.safetensors does not fit the model; missing: linear1.weight [16, 2], linear1.bias [16], linear2.weight [3, 16], linear2.bias [3]; "
            + "not in the model: \"0.weight\" [16, 2], \"0.bias\" [16], \"2.weight\" [3, 16], \"2.bias\" [3]", import);
        await ExportTests.RefusedAsync("--map: wanted theirs=ours or a file of such lines, came \"nothing\", and there is no such file", [.. import, "--map", "nothing"]);
        await ExportTests.RefusedAsync("two entries of the map are about \"0\"; one is wanted", [.. import, .. Map, "--map", "0=linear2"]);
        await ExportTests.RefusedAsync("--transpose: wanted ours=axes, as in linear1.weight=1,0, came \"linear1\"", [.. import, .. Map, "--transpose", "linear1"]);
        await ExportTests.RefusedAsync("cannot be read", [.. import[..3], folder["none"], .. import[4..], .. Map]);
        await ExportTests.RefusedAsync("a header of", [.. import[..3], folder["job.yaml"], .. import[4..], .. Map]);
        Assert.Equal(["job.yaml", "theirs.safetensors"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());

        using var imported = await Tool.Coordinator([.. import, .. Map]).ExitAsync(0);
        await ExportTests.RefusedAsync("holds checkpoints already, the latest of step 0: give another folder", [.. import, .. Map]);
        await ExportTests.RefusedAsync("is there already: give another name", [.. import[..5], folder["theirs.safetensors"], .. Map]);
    }

    /// <summary>The weights that the tiny job begins with.</summary>
    private static (Engine.Graphs.ParameterLayout Layout, float[] Weights) Beginning()
    {
        var setup = JobReader.Read(TestJobs.Tiny, "test").GetOrThrow().Prepare(new PrepareOptions { BaseFolder = "/" });
        return (setup.Model.Parameters, setup.Model.Parameters.InitialWeights(setup.Seed));
    }

    /// <summary>Under the names of a torch.nn.Sequential, in the order of their names, as such files come.</summary>
    private static void WriteTheirs(string path, (Engine.Graphs.ParameterLayout Layout, float[] Weights) model) => SafeTensorsFile.Write(path,
    [
        .. model.Layout.Slices
            .Select(slice => new SafeTensor(slice.Name.Replace("linear1", "0", StringComparison.Ordinal).Replace("linear2", "2", StringComparison.Ordinal), slice.Shape,
                model.Weights.AsMemory(slice.Offset, slice.Count)))
    ], new Dictionary<string, string>());
}
