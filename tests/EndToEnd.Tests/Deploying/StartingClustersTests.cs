using System.Net;
using System.Net.Sockets;
using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests.Deploying;

/// <summary>The scripts that start clusters, run as they are; programs that reach other machines are replaced by ones that stay on this.</summary>
public sealed class StartingClustersTests
{
    /// <summary>ssh: a folder of this machine stands for a host.</summary>
    private const string Ssh = """
        #!/bin/bash
        while [ "$1" = -o ]; do shift 2; done
        mkdir -p "$HOSTS_FOLDER/$1" && cd "$HOSTS_FOLDER/$1" && exec bash -c "$2"
        """;

    /// <summary>srun: all tasks on this machine.</summary>
    private const string Srun = """
        #!/bin/bash
        tasks=1
        while [[ $1 = --* ]]; do
          case $1 in --ntasks=*) tasks=${1#*=} ;; --output=*) output=${1#*=} ;; esac
          shift
        done
        for ((task = 0; task < tasks; task++)); do
          "$@" >>"${output//%t/$task}" 2>&1 &
          ids+=($!)
        done
        trap 'kill -TERM "${ids[@]}" 2>/dev/null' TERM
        for id in "${ids[@]}"; do
          wait "$id"; code=$?
          while kill -0 "$id" 2>/dev/null; do wait "$id"; code=$?; done
        done
        exit "$code"
        """;

    private const string Scontrol = """
        #!/bin/bash
        if [ "$1" = show ]; then echo localhost; else echo "$*" >"$REQUEUED"; fi
        """;

    [SkippableFact]
    public async Task Over_ssh_a_run_begins_on_every_host_and_its_results_come_back()
    {
        using var folder = new Folder();
        var hosts = folder.Write("hosts.txt", "# two machines\nalpha workers=2\n\nuser@beta   # one worker\n");

        var run = await Script.RunAsync("deploy/ssh-cluster", Environment(folder, ("ssh", Ssh)), "--app", AppContext.BaseDirectory.TrimEnd('/'),
            "--address", "127.0.0.1", "--listen", "127.0.0.1", "--port", $"{FreePort()}", "--out", folder["out"], hosts,
            folder.Write("job.yaml", TestJobs.Tiny));

        Assert.True(run.Code == 0, run.All);
        Assert.Contains($"fingerprint    {Answer.Of(TestJobs.Tiny)}", File.ReadAllText(folder["out/coordinator.log"]), StringComparison.Ordinal);
        Assert.Contains("\"result\": \"done\"", File.ReadAllText(folder["out/report.json"]), StringComparison.Ordinal);
        Assert.NotEqual(0, CheckpointFiles.LatestStep(folder["out/checkpoints"]));
        foreach (var log in (string[])["alpha-1.log", "alpha-2.log", "user@beta-1.log"])
            Assert.Contains("joined 127.0.0.1", File.ReadAllText(folder[$"out/{log}"]), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_dry_run_over_ssh_prints_commands_and_touches_nothing()
    {
        using var folder = new Folder();
        var hosts = folder.Write("hosts.txt", "alpha workers=2\nuser@beta data=/srv/data\n");

        var run = await Script.RunAsync("deploy/ssh-cluster", Environment(folder, ("ssh", Ssh)), "--dry-run", "--out", folder["out"], hosts,
            folder.Write("job.yaml", TestJobs.Tiny));

        Assert.True(run.Code == 0, run.All);
        Assert.Contains("ssh user@beta 'cd distributed-run && echo $$ >worker-1.pid && exec ./app/Distributed.Coordinator worker "
            + "--coordinator alpha:5000 --secret-file secret --data /srv/data'", run.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["hosts"]));
    }

    [SkippableFact]
    public async Task Under_slurm_a_run_whose_time_is_up_goes_back_into_the_queue_and_goes_on_from_there()
    {
        using var folder = new Folder();
        var environment = Environment(folder, ("srun", Srun), ("scontrol", Scontrol));
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("APP", AppContext.BaseDirectory), ("OUT", folder["out"]),
            ("JOB", folder.Write("job.yaml", TestJobs.Long)), ("PORT", $"{FreePort()}"), ("REQUEUED", folder["requeued"]),
            ("SLURM_JOB_ID", "42"), ("SLURM_JOB_NODELIST", "node"), ("SLURM_JOB_NUM_NODES", "2")]) environment[name] = value;

        var first = await Script.RunAsync("deploy/slurm/train.sbatch", environment,
            Patience.UntilAsync(() => Log(folder).Contains("worker 2 ", StringComparison.Ordinal), "the workers"));

        Assert.True(first.Code == 143, first.All + Log(folder));
        Assert.Equal("requeue 42", File.ReadAllText(folder["requeued"]).Trim());
        var again = await Script.RunAsync("deploy/slurm/train.sbatch", environment);
        Assert.True(again.Code == 0, again.All + Log(folder));
        Assert.Contains("going on from", Log(folder), StringComparison.Ordinal);
        Assert.Contains($"fingerprint    {Answer.Of(TestJobs.Long)}", Log(folder), StringComparison.Ordinal);
    }

    private static string Log(Folder folder) => File.Exists(folder["out/coordinator.log"]) ? File.ReadAllText(folder["out/coordinator.log"]) : "";

    /// <summary>With programs of ours before all others.</summary>
    private static Dictionary<string, string> Environment(Folder folder, params ReadOnlySpan<(string Name, string Text)> programs)
    {
        Directory.CreateDirectory(folder["bin"]);
        foreach (var (name, text) in programs)
        {
            var path = folder.Write($"bin/{name}", text);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = $"{folder["bin"]}:{System.Environment.GetEnvironmentVariable("PATH")}",
            ["HOSTS_FOLDER"] = folder["hosts"],
        };
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
