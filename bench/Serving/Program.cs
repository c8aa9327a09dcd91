using System.CommandLine;
using System.Globalization;
using Distributed.Serving;

var data = new Option<string>("--data") { Description = "Folder with MNIST's IDX files.", Required = true };
var job = new Option<string>("--job") { Description = "The job that is trained.", DefaultValueFactory = _ => "examples/mnist-mlp.yaml" };
var epochs = new Option<int>("--epochs") { Description = "Epochs of each run.", DefaultValueFactory = _ => 3 };
var program = new Option<string>("--program")
{
    Description = "The program, built.",
    DefaultValueFactory = _ => "src/Coordinator/bin/Debug/net10.0/Distributed.Coordinator",
};
var looks = new Option<int>("--looks") { Description = "Answers to the page a second, in the run that is looked at; a page asks for one.", DefaultValueFactory = _ => 100 };
var rounds = new Option<int>("--rounds") { Description = "Runs of each kind, in turn.", DefaultValueFactory = _ => 5 };
var root = new RootCommand("What a run pays for being kept in a folder and shown on a page, in processor time of its process.")
{
    data, job, epochs, program, looks, rounds,
};
root.SetAction(async (parsed, stop) =>
{
    var folder = Directory.CreateTempSubdirectory("serving-");
    string[] train =
    [
        "train", parsed.GetValue(job)!, "--set", $"data.folder={parsed.GetValue(data)}", "--set", $"epochs={parsed.GetValue(epochs)}", "--in-process", "--workers", "1",
        "--report", Path.Combine(folder.FullName, "report.json"),
    ];
    string[] kept = ["--runs", Path.Combine(folder.FullName, "runs")];
    (string Name, string[] Arguments, int Looks)[] kinds =
    [
        ("nothing kept, no page", ["--no-run-folder", "--no-dashboard"], 0),
        ("run folder, no page", [.. kept, "--no-dashboard"], 0),
        ("run folder, page", kept, 0),
        ($"page looked at {parsed.GetValue(looks)} times a second", kept, parsed.GetValue(looks)),
    ];
    var runs = kinds.Select(_ => new List<Cost>()).ToArray();
    try
    {
        for (var round = -1; round < parsed.GetValue(rounds); round++) // one to warm up
            for (var i = 0; i < kinds.Length; i++)
            {
                var cost = await ServedRun.RunAsync(parsed.GetValue(program)!, [.. train, .. kinds[i].Arguments], Path.Combine(folder.FullName, "report.json"), kinds[i].Looks, stop).ConfigureAwait(false);
                if (round >= 0) runs[i].Add(cost);
            }
    }
    catch (InvalidOperationException wrong)
    {
        Console.Error.WriteLine(wrong.Message);
        return 2;
    }
    finally
    {
        folder.Delete(recursive: true);
    }
    Console.WriteLine($"medians of {runs[0].Count} runs of each kind in turn; load of the machine {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
    Console.WriteLine("kind                              train s  processor s  ratio to the first, processor (pair by pair)");
    for (var i = 0; i < kinds.Length; i++)
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kinds[i].Name,-32} {Median(runs[i].Select(run => run.TrainSeconds)),8:0.000}  {Median(runs[i].Select(run => run.ProcessorSeconds)),11:0.00}  {Median(runs[i].Zip(runs[0], (run, bare) => run.ProcessorSeconds / bare.ProcessorSeconds)),8:0.000}"));
    var each = Median(runs[^1].Zip(runs[^2], (seen, unseen) => (seen.ProcessorSeconds - unseen.ProcessorSeconds) / seen.Looks));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"an answer to the page takes {1000 * each:0.00} ms of processor time (median over {runs[^1].Sum(run => run.Looks)} answers in {runs[^1].Count} pairs of runs); one a second is {100 * each:0.00} % of a core"));
    return 0;
});
return await root.Parse(args).InvokeAsync().ConfigureAwait(false);

static double Median(IEnumerable<double> of)
{
    double[] values = [.. of.Order()];
    return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
}
