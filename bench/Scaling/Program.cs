using System.CommandLine;
using System.Globalization;
using Distributed.Coordinator;
using Distributed.Jobs;
using Distributed.Scaling;
using Distributed.Throughput;

var workers = new Option<string>("--workers")
{
    Description = "Workers; several with commas between.",
    DefaultValueFactory = _ => "1,2,4,8,16,32,64,128,256,512,1000",
};
var shards = new Option<int>("--shards")
{
    Description = "Virtual shards, a power of two.",
    DefaultValueFactory = _ => 1024,
};
var floats = new Option<string>("--floats")
{
    Description = "Parameters of the model, about; several with commas between.",
    DefaultValueFactory = _ => "8000",
};
var chunk = new Option<int>("--chunk-elements")
{
    Description = "Of a chunk.",
    DefaultValueFactory = _ => 2048,
};
var simulatedSteps = new Option<int>("--steps")
{
    Description = "Steps that are counted, after a warm-up of half as many.",
    DefaultValueFactory = _ => 20,
};
var computeMs = new Option<double>("--compute-ms")
{
    Description = "Virtual milliseconds of a whole batch on one worker.",
    DefaultValueFactory = _ => 1000,
};
var simulate = new Command("simulate",
    "Counts the coordinator's messages and bytes and takes the time of its turns, in the simulator with workers that compute nothing.")
{
    workers, shards, floats, chunk, simulatedSteps, computeMs,
};
simulate.SetAction(parsed => Guarded(() =>
{
    foreach (var size in Numbers(parsed.GetValue(floats)!))
        foreach (var count in Numbers(parsed.GetValue(workers)!))
            Console.WriteLine(Measuring.Simulate(count, parsed.GetValue(shards), size, parsed.GetValue(chunk), parsed.GetValue(simulatedSteps),
                TimeSpan.FromMilliseconds(parsed.GetValue(computeMs))).ToJson());
}));

var hidden = new Option<string>("--hidden")
{
    Description = "Neurons of each of two hidden layers; several with commas between.",
    DefaultValueFactory = _ => "128,256,512,1024,2048",
};
var batches = new Option<string>("--batches")
{
    Description = "Samples of a step; several with commas between.",
    DefaultValueFactory = _ => "64,256,1024",
};
var settings = new Option<string>("--settings")
{
    Description = "engine (no actors), one or two (workers in this process).",
    DefaultValueFactory = _ => "engine,one,two",
};
var windows = new Option<int>("--windows")
{
    Description = "Windows of a measurement; its result is their median.",
    DefaultValueFactory = _ => 3,
};
var seconds = new Option<double>("--window-seconds")
{
    Description = "Of a window, at least.",
    DefaultValueFactory = _ => 0.4,
};
var warmUp = new Option<double>("--warm-up-seconds")
{
    Description = "Of steps before the first window.",
    DefaultValueFactory = _ => 0.8,
};
var step = new Command("step", "Takes the time of training steps for widths of a model and batches, in this process.")
{
    hidden, batches, settings, windows, seconds, warmUp,
};
step.SetAction((parsed, _) => GuardedAsync(async () =>
{
    foreach (var width in Numbers(parsed.GetValue(hidden)!))
        foreach (var batch in Numbers(parsed.GetValue(batches)!))
            foreach (var setting in parsed.GetValue(settings)!.Split(',').Select(Setting.Parse))
            {
                var measure = new StepWindows(parsed.GetValue(windows), parsed.GetValue(seconds), parsed.GetValue(warmUp));
                Console.WriteLine((await Measuring.StepAsync(new StepJob(width, batch), setting, measure).ConfigureAwait(false)).ToJson());
            }
}));

var files = new Argument<FileInfo[]>("FILES") { Description = "Lines of simulate, step and bench/Exchange.", Arity = ArgumentArity.OneOrMore };
var plot = new Option<FileInfo?>("--plot")
{
    Description = "An SVG file of what was measured and the model's lines.",
};
var models = new Option<string>("--models")
{
    Description = "PARAMETERS:BATCH of dense networks whose step is forecast; several with commas between.",
    DefaultValueFactory = _ => "500000:512,6000000:512,6000000:4096,25000000:4096",
};
var gflops = new Option<double?>("--gflops")
{
    Description = "10⁹ operations a second of a worker; without it, as measured with one.",
};
var gbit = new Option<double>("--gbit")
{
    Description = "10⁹ bits a second of the coordinator's link, each way.",
    DefaultValueFactory = _ => 10,
};
var latency = new Option<double>("--latency-ms")
{
    Description = "Milliseconds that a message is on its way.",
    DefaultValueFactory = _ => 0.1,
};
var model = new Command("model", "Fits the cost model to measured lines and prints tables in Markdown: measured beside predicted, and where scaling stops.")
{
    files, plot, models, gflops, gbit, latency,
};
model.SetAction(parsed => Guarded(() =>
{
    var text = parsed.GetValue(files)!.SelectMany(file => File.ReadLines(file.FullName)).Where(line => line.StartsWith('{'));
    var networks = parsed.GetValue(models)!.Split(',').Select(DenseModel.Parse);
    var report = new ScalingReport([.. text.Select(Measurement.Parse)], [.. networks], parsed.GetValue(gflops), parsed.GetValue(gbit), parsed.GetValue(latency));
    Console.Write(report.ToMarkdown());
    if (parsed.GetValue(plot) is { } target) File.WriteAllText(target.FullName, ScalingPicture.Draw(report));
}));

return await new RootCommand("How the cost of a step grows: with the number of workers, the model's size and the batch; and a model of it.")
{
    simulate, step, model,
}.Parse(args).InvokeAsync().ConfigureAwait(false);

static int Guarded(Action action) => GuardedAsync(() =>
{
    action();
    return Task.CompletedTask;
}).GetAwaiter().GetResult();

static async Task<int> GuardedAsync(Func<Task> action)
{
    try
    {
        await action().ConfigureAwait(false);
        return 0;
    }
    catch (Exception wrong) when (wrong is FormatException or JobException or InvalidOperationException or ArgumentException or IOException)
    {
        Console.Error.WriteLine(wrong.Message);
        return 2;
    }
}

static int[] Numbers(string text) => [.. text.Split(',').Select(number => int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture))];
