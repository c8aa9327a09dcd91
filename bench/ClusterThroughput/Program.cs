using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Distributed.ClusterThroughput;

var mib = new Option<int>("--mib") { Description = "MiB of chunks in a measurement.", DefaultValueFactory = _ => 1024 };
var chunk = new Option<string>("--chunk-elements") { Description = "Of a chunk; several with commas between.", DefaultValueFactory = _ => "65536,262144" };
var rounds = new Option<int>("--rounds") { Description = "How often each is measured, all others between.", DefaultValueFactory = _ => 3 };
var ways = new Option<string>("--ways")
{
    Description = "Ways between two processes: a bare socket, the TCP host, Akka.Remote, Akka.NET with a data plane of its own.",
    DefaultValueFactory = _ => "socket,tcp,akka,plane",
};
var settings = new Option<string?>("--akka-config") { Description = "Settings of Akka.NET over this project's." };
var serve = new Option<string?>("--serve") { Hidden = true };
var root = new RootCommand("MB/s of chunks between two processes over loopback, one way, by different ways in turn; a line of JSON for each.")
{
    mib, chunk, rounds, ways, settings, serve,
};
root.SetAction(async (parsed, _) =>
{
    var hocon = parsed.GetValue(settings);
    if (parsed.GetValue(serve) is { } way)
    {
        await Way.Of(way, hocon).ServeAsync().ConfigureAwait(false);
        return 0;
    }

    var bytes = (long)parsed.GetValue(mib) << 20;
    int[] sizes = [.. parsed.GetValue(chunk)!.Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture))];
    var names = parsed.GetValue(ways)!.Split(',');
    var found = new Dictionary<(string, int), List<double>>();
    for (var round = 0; round < parsed.GetValue(rounds); round++)
        foreach (var name in names)
            foreach (var size in sizes)
            {
                using var child = Child.Start(name, hocon);
                var rate = await Way.Of(name, hocon).MeasureAsync(child.Place, size, bytes).ConfigureAwait(false);
                if (!found.TryGetValue((name, size), out var rates)) found[(name, size)] = rates = [];
                rates.Add(rate);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round + 1}: {name}, chunks of {size * sizeof(float) >> 10} KiB: {rate:0} MB/s ({GC.CollectionCount(0)}, {GC.CollectionCount(1)}, {GC.CollectionCount(2)} collections until then, {GC.GetTotalAllocatedBytes() >> 20} MiB)"));
            }
    foreach (var ((name, size), rates) in found)
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            way = name,
            chunk_kib = size * sizeof(float) >> 10,
            mb_per_s = Math.Round(rates.Order().ElementAt(rates.Count / 2)),
            all = rates.Select(rate => Math.Round(rate)),
        }));
    return 0;
});
return await root.Parse(args).InvokeAsync().ConfigureAwait(false);
