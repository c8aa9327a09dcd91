using System.Text.Json;
using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests.Exporting;

/// <summary><c>export</c>, as a user has it.</summary>
public sealed class ExportTests
{
    [SkippableFact]
    public async Task A_checkpoint_is_exported_and_gives_elsewhere_what_predict_says()
    {
        using var folder = new Folder();
        ImageFiles.Write(folder["images"]);
        var job = folder.Write("job.yaml", TestJobs.Images.Replace("folder: images", "folder: images, scale: standardize", StringComparison.Ordinal));
        using var run = await Tool.Coordinator("train", job, "--in-process", "--checkpoints", folder["out"]).ExitAsync(0);
        Directory.CreateDirectory(folder["onnx"]);

        using var exported = await Tool.Coordinator("export", folder["out"], "--onnx", folder["onnx/images.onnx"]).ExitAsync(0);

        await exported.LineAsync(@"images\.onnx  features \[N, 1, 4, 4\] -> scores \[N, 3\], opset 17, \d+ bytes$");
        Assert.Equal(["images.onnx"], Directory.GetFiles(folder["onnx"]).Select(Path.GetFileName));

        using var predicted = await Tool.Coordinator("predict", folder["out"], folder[$"images/{ImageFiles.TestImages}"], "--format", "json").ExitAsync(0);
        var scores = JsonDocument.Parse(predicted.Output).RootElement.EnumerateArray().SelectMany(sample => sample.GetProperty("scores").EnumerateArray())
            .Select(score => score.GetSingle()).ToArray();

        // The input is made of the file's pixels by what the model says of itself.
        var (code, output) = await NodePackages.RunWithAsync("tests/EndToEnd.Tests/Exporting", "tests/EndToEnd.Tests/Exporting/metadata.mjs", folder["onnx/images.onnx"]);
        Assert.True(code == 0, output);
        var metadata = JsonDocument.Parse(output).RootElement;
        Assert.Equal("images", metadata.GetProperty("job").GetString());
        Assert.Equal("3", metadata.GetProperty("classes").GetString());
        Assert.Equal("softmax", metadata.GetProperty("probabilities").GetString());
        Assert.Equal("bytes 0 to 255", metadata.GetProperty("input_values").GetString());
        Assert.Equal("standardize", metadata.GetProperty("input_scaling").GetString());
        Assert.Equal(run.Fingerprint, metadata.GetProperty("weights_fingerprint").GetString());
        var (mean, deviation) = (Number("input_mean"), Number("input_std"));
        var pixels = File.ReadAllBytes(folder[$"images/{ImageFiles.TestImages}"])[16..];
        File.WriteAllBytes(folder["onnx/images.in"], [.. pixels.SelectMany(pixel => BitConverter.GetBytes((pixel - mean) / deviation))]);
        File.WriteAllText(folder["onnx/images.in.json"], "[12, 1, 4, 4]");
        (code, output) = await NodePackages.RunWithAsync("tests/EndToEnd.Tests/Exporting", "tests/EndToEnd.Tests/Exporting/run.mjs", folder["onnx"]);
        Assert.True(code == 0 && File.Exists(folder["onnx/images.out"]), output);
        var theirs = File.ReadAllBytes(folder["onnx/images.out"]).Chunk(sizeof(float)).Select(bytes => BitConverter.ToSingle(bytes)).ToArray();

        Assert.Equal(36, scores.Length);
        Assert.Equal(scores.Length, theirs.Length);
        Assert.All(scores.Zip(theirs), pair => Assert.Equal(pair.First, pair.Second, 1e-5));

        using var scaling = await Tool.Coordinator("export", folder["out"], "--onnx", folder["onnx/images.onnx"], "--with-scaling").ExitAsync(0);
        File.WriteAllBytes(folder["onnx/images.in"], [.. pixels.SelectMany(pixel => BitConverter.GetBytes((float)pixel))]);
        File.Delete(folder["onnx/images.out"]);
        (code, output) = await NodePackages.RunWithAsync("tests/EndToEnd.Tests/Exporting", "tests/EndToEnd.Tests/Exporting/run.mjs", folder["onnx"]);
        Assert.True(code == 0 && File.Exists(folder["onnx/images.out"]), output);
        Assert.Equal(theirs, File.ReadAllBytes(folder["onnx/images.out"]).Chunk(sizeof(float)).Select(bytes => BitConverter.ToSingle(bytes)));

        float Number(string key) => float.Parse(metadata.GetProperty(key).GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task What_is_wrong_is_said_and_nothing_is_written()
    {
        using var folder = new Folder();
        await TrainedAsync(folder);

        await RefusedAsync("Option '--onnx' is required", "export", folder["out"]);
        await RefusedAsync($"--onnx {folder.Path} is a folder; a file is wanted", "export", folder["out"], "--onnx", folder.Path);
        await RefusedAsync("wanted a name that ends with .onnx", "export", folder["out"], "--onnx", folder["out/best.safetensors"]);
        await RefusedAsync("cannot be written", "export", folder["out"], "--onnx", folder["no/such/folder/a.onnx"]);
        await RefusedAsync("none.safetensors: wanted a checkpoint's file, a folder of them, or a run", "export", folder["none.safetensors"], "--onnx", folder["a.onnx"]);
        await RefusedAsync("is of another model", "export", folder["out"], "--onnx", folder["a.onnx"], "--set", "model=[{linear: 3}]");

        Assert.Equal(["job.yaml", "out"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
    }

    /// <summary>Trains the tiny job into the folder "out".</summary>
    internal static async Task<string> TrainedAsync(Folder folder)
    {
        using var run = await Tool.Coordinator("train", folder.Write("job.yaml", TestJobs.Tiny), "--in-process", "--checkpoints", folder["out"]).ExitAsync(0);
        return run.Fingerprint;
    }

    internal static async Task RefusedAsync(string message, params string[] arguments)
    {
        using var run = await Tool.Coordinator(arguments).ExitAsync(2);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }
}
