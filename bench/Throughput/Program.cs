using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Distributed.Engine.Training;
using Distributed.Jobs;
using Distributed.Throughput;
using Distributed.Worker;
using Distributed.Worker.Cli;

var data = new Option<string>("--data") { Description = "Folder with MNIST's IDX files.", Required = true };
var jobs = new Option<string>("--jobs")
{
    Description = "MODEL:BATCH, several with commas between.",
    DefaultValueFactory = _ => "mlp:128,mlp:512,mlp_large:128,mlp_large:512,cnn:128,cnn:512",
};
var settings = new Option<string>("--settings")
{
    Description = "engine (no actors), one or two (workers in this process), processes (two of them).",
    DefaultValueFactory = _ => "engine,one,two,processes",
};
var windows = new Option<int>("--windows") { Description = "Windows of a measurement; its result is their median.", DefaultValueFactory = _ => 5 };
var seconds = new Option<double>("--window-seconds") { Description = "Of a window, at least.", DefaultValueFactory = _ => 0.5 };
var warmUp = new Option<double>("--warm-up-seconds") { Description = "Of steps before the first window.", DefaultValueFactory = _ => 2.0 };
var rounds = new Option<int>("--rounds") { Description = "How often each cell is measured, all others between.", DefaultValueFactory = _ => 1 };
var peer = new Option<string?>("--peer")
{
    Description = "A command that measures a peer beside each cell, in turn: it is given MODEL BATCH 1|2|ddp and prints a JSON line with samples_s.",
};
var root = new RootCommand("Samples a second of training, for models and numbers of workers; a line of JSON for each cell.")
{
    data, jobs, settings, windows, seconds, warmUp, rounds, peer,
};
root.SetAction(async (parsed, _) =>
{
    try
    {
        BenchJob[] cells = [.. parsed.GetValue(jobs)!.Split(',').Select(BenchJob.Parse)];
        Setting[] places = [.. parsed.GetValue(settings)!.Split(',').Select(Setting.Parse)];
        for (var round = 0; round < parsed.GetValue(rounds); round++)
            foreach (var cell in cells)
            {
                var job = cell.Read(parsed.GetValue(data)!);
                var setup = job.Prepare(new PrepareOptions { BaseFolder = Environment.CurrentDirectory });
                var loaded = new LoadedJob(setup, job.Fingerprint, setup.DataFingerprint());
                foreach (var place in places)
                {
                    var measure = new StepWindows(parsed.GetValue(windows), parsed.GetValue(seconds), parsed.GetValue(warmUp));
                    var peak = FmaPeak.Measure();
                    var (allocated, collections) = (GC.GetTotalAllocatedBytes(), GC.CollectionCount(0));
                    var memory = 0L;
                    if (place.Place is { } where) memory = await ActorRun.RunAsync(loaded, job.ToYaml(), where, place.Workers, measure).ConfigureAwait(false);
                    else EngineRun.Run(setup, measure);
                    var median = Median(measure.Rates);
                    double? others = parsed.GetValue(peer) is { } command ? Peer.Measure(command, cell, place) : null;
                    Console.WriteLine(JsonSerializer.Serialize(new
                    {
                        round,
                        model = cell.Model,
                        batch = cell.Batch,
                        setting = place.Name,
                        samples_s = Math.Round(median),
                        step_ms = Math.Round(1000.0 * cell.Batch / median, 3),
                        processor_ms = Math.Round(measure.ProcessorTime.TotalMilliseconds / measure.Steps, 3),
                        windows = measure.Rates.Select(rate => Math.Round(rate)),
                        gflops = Math.Round(median * cell.FlopsPerSample / 1e9, 1),
                        peak_share = Math.Round(median * cell.FlopsPerSample / 1e9 / (peak * place.Workers), 3),
                        fma_peak = Math.Round(peak, 1),
                        memory_mb = Math.Round(memory / 1e6),
                        peer_samples_s = others,
                        ratio = others is { } rate ? Math.Round(median / rate, 3) : (double?)null,
                    }));
                }
            }
        return 0;
    }
    catch (Exception wrong) when (wrong is FormatException or JobException or InvalidOperationException or UserException)
    {
        Console.Error.WriteLine(wrong.Message);
        return 2;
    }
});
return await root.Parse(args).InvokeAsync().ConfigureAwait(false);

static double Median(IReadOnlyList<double> values)
{
    double[] sorted = [.. values.Order()];
    return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
}
