using System.CommandLine;
using Distributed.Coordinator.Cli.Downloads;
using Distributed.Jobs;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>data get NAME</c> and <c>data list</c>: public data sets, and where this machine keeps them.</summary>
internal static class DataCommand
{
    public static Command Create(TimeProvider time)
    {
        var command = new Command("data", "Download public data sets, and see which are here.");
        command.Subcommands.Add(Get(time));
        command.Subcommands.Add(List());
        return command;
    }

    private static Command Get(TimeProvider time)
    {
        var command = new Command("get", "Download a data set, compare it with its SHA-256, and unpack it. What an interrupted download has brought is gone on with.");
        var name = new Argument<string>("NAME") { Description = $"One of {PublishedSets.Names}." };
        var to = new Option<string?>("--to")
        {
            HelpName = "FOLDER",
            Description = "Where its files go, in place of the folder in which jobs that name none look for them ($XDG_CACHE_HOME/distributed/data/NAME).",
        };
        var from = CliOptions.Read("--from", "URL-BASE", "Another place that has the same files: what stands before their names.", ParseBase);
        command.Arguments.Add(name);
        command.Options.Add(to);
        command.Options.Add(from);
        command.SetAction((parsed, cancel) => GetAsync(parsed.GetValue(name)!, parsed.GetValue(to), parsed.GetValue(from), time, cancel));
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Which data sets can be downloaded, and which are here. Looks at lengths; get compares sums.");
        command.SetAction(_ =>
        {
            foreach (var set in PublishedSets.All) Console.Out.WriteLine(Line(set, new SetFolder(DataCache.Of(set.Name))));
            return ExitCode.Done;
        });
        return command;
    }

    internal static string Line(PublishedSet set, SetFolder folder)
    {
        var (present, all) = (folder.CountPresent(set), set.Contents.Count());
        var state = present == all ? folder.Path
            : present == 0 ? $"not here; {DownloadProgress.Size(set.Bytes)} to download"
            : $"{present} of {all} files are in {folder.Path}";
        return $"{set.Name,-14} {set.Summary}: {state}";
    }

    private static async Task<int> GetAsync(string name, string? to, Uri? from, TimeProvider time, CancellationToken cancel)
    {
        if (PublishedSets.All.FirstOrDefault(set => set.Name == name) is not { } set)
            throw new UserException($"data get: wanted one of {PublishedSets.Names}, came \"{name}\"");
        if (to is { Length: 0 }) throw new UserException("--to: wanted a folder, came \"\"");
        var folder = new SetFolder(to is null ? DataCache.Of(name) : Path.GetFullPath(to));
        var progress = new DownloadProgress(Console.Error, !Console.IsErrorRedirected, time);
        using var client = FileDownload.Client();
        try
        {
            var downloaded = await new SetDownload(client, time, progress).GetAsync(set, from ?? set.Base, folder, cancel).ConfigureAwait(false);
            Console.Out.WriteLine($"{name} is whole in {folder.Path}{(downloaded == 0 ? "; nothing was downloaded" : "")}");
            return ExitCode.Done;
        }
        catch (DownloadException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message).ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }

    private static Uri ParseBase(string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new UserException($"--from: wanted http://… or https://…, came \"{text}\"");
}
