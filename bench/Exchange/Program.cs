using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Distributed.Coordinator;
using Distributed.Exchange;
using Distributed.Jobs;
using Distributed.Throughput;
using Distributed.Worker.Cli;

var floats = new Option<string>("--floats")
{
    Description = "Parameters of the model, about; several with commas between.",
    DefaultValueFactory = _ => "400000,1600000,6000000,25000000",
};
var workers = new Option<string>("--workers")
{
    Description = "Worker processes; several with commas between.",
    DefaultValueFactory = _ => "2",
};
var shards = new Option<int?>("--shards")
{
    Description = "Virtual shards of a step, a power of two; without it, the first that is no less than the workers: a partial sum for each of them.",
};
var chunk = new Option<int>("--chunk-elements")
{
    Description = "Of a chunk.",
    DefaultValueFactory = _ => CoordinatorLimits.ChunkElements,
};
var noSharedMemory = CliOptions.NoSharedMemory();
var windows = new Option<int>("--windows")
{
    Description = "Windows of a measurement; its result is their median.",
    DefaultValueFactory = _ => 5,
};
var seconds = new Option<double>("--window-seconds")
{
    Description = "Of a window, at least.",
    DefaultValueFactory = _ => 0.5,
};
var warmUp = new Option<double>("--warm-up-seconds")
{
    Description = "Of steps before the first window.",
    DefaultValueFactory = _ => 2.0,
};
var rounds = new Option<int>("--rounds")
{
    Description = "How often each size is measured, all others between.",
    DefaultValueFactory = _ => 1,
};
var peer = new Option<string?>("--peer")
{
    Description = "A command that measures a peer's all-reduce beside each size, in turn: "
        + "it is given WORKERS FLOATS and prints a JSON line with ms.",
};
var worker = new Option<string?>("--worker") { Hidden = true };
var root = new RootCommand(
    "Milliseconds of an exchange: gradients of workers that compute nothing in, optimizer step, weights out; a line of JSON for each size.")
{
    floats, workers, shards, chunk, noSharedMemory, windows, seconds, warmUp, rounds, peer, worker,
};
root.SetAction(async (parsed, _) =>
{
    try
    {
        var sizes = Numbers(parsed.GetValue(floats)!);
        if (parsed.GetValue(worker) is { } address) return await WorkerProcess.RunAsync(address, sizes[0]).ConfigureAwait(false);
        var counts = Numbers(parsed.GetValue(workers)!);
        for (var round = 0; round < parsed.GetValue(rounds); round++)
            foreach (var (size, count) in sizes.SelectMany(size => counts.Select(count => (size, count))))
            {
                var job = ExchangeJob.Read(size, parsed.GetValue(shards) ?? (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count));
                var setup = job.Prepare(new PrepareOptions { BaseFolder = Environment.CurrentDirectory });
                var measure = new StepWindows(parsed.GetValue(windows), parsed.GetValue(seconds), parsed.GetValue(warmUp));
                var run = await ExchangeRun.RunAsync(job, setup, count, parsed.GetValue(chunk), !parsed.GetValue(noSharedMemory), measure)
                    .ConfigureAwait(false);
                double[] times = [.. measure.Rates.Select(rate => 1000.0 * setup.Shards / rate)];
                var median = times.Order().ElementAt(times.Length / 2);
                var elements = setup.Model.Parameters.Count;
                double? others = parsed.GetValue(peer) is { } command ? Peer.Measure(command, count, elements) : null;
                Console.WriteLine(JsonSerializer.Serialize(new
                {
                    kind = "exchange",
                    round,
                    workers = count,
                    shards = setup.Shards,
                    chunk_elements = parsed.GetValue(chunk),
                    processors = Environment.ProcessorCount,
                    shared_memory = !parsed.GetValue(noSharedMemory),
                    floats = elements,
                    mb = Math.Round(4e-6 * elements, 2),
                    ms = Math.Round(median, 3),
                    ms_min = Math.Round(times.Min(), 3),
                    windows = times.Select(time => Math.Round(time, 3)),
                    steps = run.Steps,
                    tcp_sent_bytes = run.Sent / run.Steps,
                    tcp_received_bytes = run.Received / run.Steps,
                    coordinator_allocated_bytes = run.Allocated / run.Steps,
                    coordinator_cpu_ms = Math.Round(1000 * run.ProcessorSeconds / run.Steps, 3),
                    peer_ms = others,
                    peer_to_ours = others is { } time ? Math.Round(time / median, 3) : (double?)null,
                }));
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

static int[] Numbers(string text) => [.. text.Split(',').Select(number => int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture))];
