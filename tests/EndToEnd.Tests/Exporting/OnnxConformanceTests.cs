using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Distributed.EndToEnd.Tests.Driving;
using Distributed.Engine.Layers;
using Distributed.Engine.Training;
using Distributed.Onnx;

namespace Distributed.EndToEnd.Tests.Exporting;

/// <summary>What is written as ONNX is ONNX, by onnx's own checker, and gives the same numbers in onnxruntime-web: every layer in its settings,
/// and the model of every example.</summary>
public sealed class OnnxConformanceTests(OnnxConformanceTests.Written written) : IClassFixture<OnnxConformanceTests.Written>
{
    /// <summary>Of the largest number of the output, or of 1 where that is smaller.</summary>
    private const double Tolerance = 1e-5;

    private const int Samples = 3;

    public static TheoryData<string> All => [.. OnnxCases.Layers.Keys, .. OnnxCases.Examples];

    [Fact]
    public void No_layer_is_missing()
    {
        var layers = typeof(Layer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsAbstract);
        var seen = OnnxCases.Layers.Values.SelectMany(some => some.Layers).Select(layer => layer.GetType()).Distinct();
        Assert.Equal(layers.Select(type => type.Name).Order(), seen.Select(type => type.Name).Order());
    }

    [SkippableTheory]
    [MemberData(nameof(All))]
    public async Task Onnxs_checker_takes_it(string name)
    {
        var folder = await written.Checked.Value;

        Assert.False(File.Exists(folder[$"{name}.refused"]), Read(folder, $"{name}.refused"));
        Assert.True(File.Exists(folder[$"{name}.checked"]));
    }

    [SkippableTheory]
    [MemberData(nameof(All))]
    public async Task It_gives_the_same_numbers_in_onnxruntime_web(string name)
    {
        var folder = await written.Ran.Value;
        Assert.False(File.Exists(folder[$"{name}.error"]), Read(folder, $"{name}.error"));
        var model = OnnxCases.Model(name);
        var ours = Floats(folder[$"{name}.ours"]);
        var theirs = Floats(folder[$"{name}.out"]);

        Assert.Equal([Samples, .. model.Scores.Shape.Sample.Extents.ToArray()], JsonSerializer.Deserialize<int[]>(Read(folder, $"{name}.out.json"))!);
        Assert.Equal(ours.Length, theirs.Length);
        Assert.Contains(ours, number => number != 0);
        var largest = Math.Max(1, ours.Max(Math.Abs));
        for (var i = 0; i < ours.Length; i++)
            Assert.True(Math.Abs((double)ours[i] - theirs[i]) <= Tolerance * largest,
                string.Create(CultureInfo.InvariantCulture, $"{name}: element {i} is {ours[i]:R} here and {theirs[i]:R} there"));
    }

    private static string Read(Folder folder, string name) => File.Exists(folder[name]) ? File.ReadAllText(folder[name]) : "";

    private static float[] Floats(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();

    /// <summary>All cases in one folder, each with a random input and our output; both other programs are started once.</summary>
    public sealed class Written : IDisposable
    {
        private readonly Folder _folder = new();

        public Written()
        {
            Checked = new(async () => await EndedAsync(await PythonOnnx.RunAsync("tests/EndToEnd.Tests/Exporting/check.py", _folder.Path)));
            Ran = new(async () => await EndedAsync(await NodePackages.RunWithAsync("tests/EndToEnd.Tests/Exporting", "tests/EndToEnd.Tests/Exporting/run.mjs", _folder.Path)));
            foreach (var name in OnnxCases.Layers.Keys.Concat(OnnxCases.Examples)) Write(name);
        }

        internal Lazy<Task<Folder>> Checked { get; }

        internal Lazy<Task<Folder>> Ran { get; }

        public void Dispose() => _folder.Dispose();

        private void Write(string name)
        {
            var model = OnnxCases.Model(name);
            var random = new Random(5);
            var weights = OnnxCases.Weights(model, random);
            var features = new float[model.Features.Shape.Elements(Samples)];
            for (var i = 0; i < features.Length; i++) features[i] = (random.NextSingle() * 4) - 2;
            OnnxFile.Write(_folder[$"{name}.onnx"], model, weights, new OnnxNotes(name, "", []));
            File.WriteAllBytes(_folder[$"{name}.in"], MemoryMarshal.AsBytes<float>(features));
            File.WriteAllText(_folder[$"{name}.in.json"], JsonSerializer.Serialize((int[])[Samples, .. model.Features.Shape.Sample.Extents]));
            File.WriteAllBytes(_folder[$"{name}.ours"], MemoryMarshal.AsBytes(new Predictor(model, weights).Scores(features)));
        }

        private Task<Folder> EndedAsync((int Code, string Output) ended) =>
            ended.Code == 0 ? Task.FromResult(_folder) : throw new InvalidOperationException($"exit code {ended.Code}:\n{ended.Output}");
    }
}
