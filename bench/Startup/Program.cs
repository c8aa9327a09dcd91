using System.CommandLine;
using System.Globalization;
using Distributed.Startup;

var data = new Option<string>("--data") { Description = "Folder with MNIST's IDX files.", Required = true };
var job = new Option<string>("--job") { Description = "The job that is started.", DefaultValueFactory = _ => "examples/mnist-mlp.yaml" };
var programs = new Option<string>("--programs")
{
    Description = "The program, built; several with commas between are started in turn.",
    DefaultValueFactory = _ => "src/Coordinator/bin/Debug/net10.0/Distributed.Coordinator",
};
var workers = new Option<int>("--workers") { Description = "Worker processes.", DefaultValueFactory = _ => 2 };
var runs = new Option<int>("--runs") { Description = "Starts of each program, of which the medians are printed.", DefaultValueFactory = _ => 7 };
var root = new RootCommand("Time from the command to the first step of a run with worker processes, and where it goes.")
{
    data, job, programs, workers, runs,
};
root.SetAction((parsed, _) =>
{
    var (count, paths) = (parsed.GetValue(workers), parsed.GetValue(programs)!.Split(','));
    string[] arguments =
    [
        "train", parsed.GetValue(job)!, "--set", $"data.folder={Path.GetFullPath(parsed.GetValue(data)!)}",
        "--workers", count.ToString(CultureInfo.InvariantCulture), "--verbose", "--runs", Path.Combine(Path.GetTempPath(), "distributed-startup"),
    ];
    var starts = paths.Select(_ => new List<Start>()).ToArray();
    try
    {
        for (var run = 0; run < parsed.GetValue(runs); run++)
            for (var i = 0; i < paths.Length; i++) starts[i].Add(StartRun.Run(paths[i], arguments, count));
    }
    catch (InvalidOperationException wrong)
    {
        Console.Error.WriteLine(wrong.Message);
        return Task.FromResult(2);
    }
    for (var i = 0; i < paths.Length; i++) Print(paths[i], starts[i]);
    return Task.FromResult(0);
});
return await root.Parse(args).InvokeAsync().ConfigureAwait(false);

static void Print(string program, IReadOnlyList<Start> starts)
{
    Console.WriteLine($"{program}: medians of {starts.Count} starts; load of the machine {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
    Console.WriteLine("milestone           seconds   (least)   processor seconds of all processes (least)");
    for (var i = 0; i < Milestone.All.Count; i++)
    {
        double[] seconds = [.. starts.Select(start => start.Milestones[i].Seconds)];
        double[] processor = [.. starts.Select(start => start.Milestones[i].ProcessorSeconds)];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Milestone.All[i].Name,-18} {Median(seconds),8:0.000}  {seconds.Min(),8:0.000}   {Median(processor),8:0.00}  {processor.Min(),8:0.00}"));
    }
    Console.WriteLine($"peak memory        {Median([.. starts.Select(start => start.PeakBytes / 1e6)]):0} MB in all processes");
}

static double Median(double[] values)
{
    Array.Sort(values);
    return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
}
