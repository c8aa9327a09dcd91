using System.Diagnostics;
using System.Text.RegularExpressions;
using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>Certificates made with the very commands of docs/security.md.</summary>
public sealed class TlsTests
{
    [SkippableFact]
    public async Task The_commands_of_the_page_make_certificates_that_a_run_works_with()
    {
        using var folder = new Folder();
        await MakeAsync(folder);
        string[] Tls(string name, string authority = "ca.pem") =>
            ["--tls-cert", folder[$"{name}.pem"], "--tls-key", folder[$"{name}.key"], "--tls-ca", folder[authority]];
        using var run = Tool.Coordinator(
            ["coordinator", folder.Write("job.yaml", TestJobs.Tiny), "--listen", "0.0.0.0:0", "--workers", "1", .. Tls("coordinator")]);
        var port = (await run.LineAsync(@"^listening on 0\.0\.0\.0:(\d+);")).Groups[1].Value;

        // A worker's certificate names no host, so a worker cannot pass for a coordinator; here another authority is what is wrong.
        using var other = new Folder();
        await MakeAsync(other);
        File.Copy(other["worker.pem"], folder["foreign.pem"]);
        File.Copy(other["worker.key"], folder["foreign.key"]);
        File.Copy(other["ca.pem"], folder["foreign-ca.pem"]);
        using var foreign = await Tool.Worker(["--coordinator", $"127.0.0.1:{port}", .. Tls("foreign", "foreign-ca.pem")]).ExitAsync(2);
        using var plain = await Tool.Worker("--coordinator", $"127.0.0.1:{port}", "--patience", "1").ExitAsync(1);
        using var worker = Tool.Worker(["--coordinator", $"localhost:{port}", .. Tls("worker")]);
        await run.ExitAsync(0);

        Assert.Contains("is not signed by the authority in --tls-ca", foreign.Errors, StringComparison.Ordinal);
        Assert.Equal(Answer.Of(TestJobs.Tiny), run.Fingerprint);
        await worker.ExitAsync(0);

        using var two = await Tool.Worker("--coordinator", "127.0.0.1:1", "--tls-cert", folder["worker.pem"], "--tls-ca", folder["ca.pem"]).ExitAsync(2);
        Assert.Contains("all three are wanted", two.Errors, StringComparison.Ordinal);
        using var mixed = await Tool.Worker(["--coordinator", "127.0.0.1:1", .. Tls("worker", "foreign-ca.pem")]).ExitAsync(2);
        Assert.Contains("worker.pem would be refused: it is not signed by the authority in --tls-ca", mixed.Errors, StringComparison.Ordinal);
        using var missing = await Tool.Worker(["--coordinator", "127.0.0.1:1", .. Tls("nobody")]).ExitAsync(2);
        Assert.Contains("nobody.pem cannot be used", missing.Errors, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_control_of_a_run_is_open_to_other_machines_with_certificates_alone()
    {
        using var folder = new Folder();
        await MakeAsync(folder);
        using var other = new Folder();
        await MakeAsync(other);
        static string[] Tls(Folder from, string name) => ["--tls-cert", from[$"{name}.pem"], "--tls-key", from[$"{name}.key"], "--tls-ca", from["ca.pem"]];
        using var run = Tool.Coordinator(
            ["coordinator", folder.Write("job.yaml", TestJobs.Tiny), "--listen", "127.0.0.1:0", "--control", "0.0.0.0:0", .. Tls(folder, "coordinator")]);
        var port = (await run.LineAsync(@"^control: 0\.0\.0\.0:(\d+)$")).Groups[1].Value;

        using var status = await Tool.Coordinator(["status", "--control", $"localhost:{port}", .. Tls(folder, "worker")]).ExitAsync(0);
        using var foreign = await Tool.Coordinator(["status", "--control", $"localhost:{port}", .. Tls(other, "worker")]).ExitAsync(2);
        using var plain = await Tool.Coordinator("status", "--control", $"localhost:{port}").ExitAsync(2);

        Assert.StartsWith("run             tiny", status.Output, StringComparison.Ordinal);
        Assert.Contains("no run is controlled there", foreign.Errors, StringComparison.Ordinal);
        Assert.Contains("no run is controlled there", plain.Errors, StringComparison.Ordinal);
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Distributed.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    /// <summary>Runs the page's block of openssl commands in a folder.</summary>
    private static async Task MakeAsync(Folder folder)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "security.md"));
        var commands = Regex.Match(page, "```\n(# the authority.*?)```", RegexOptions.Singleline).Groups[1].Value;
        Assert.Contains("openssl", commands, StringComparison.Ordinal);
        using var shell = new Process
        {
            StartInfo = new ProcessStartInfo("bash", ["-euc", $"command -v openssl > /dev/null || exit 77\n{commands}"])
            {
                WorkingDirectory = folder.Path,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            },
        };
        Skip.If(OperatingSystem.IsWindows(), "the commands are for a Unix shell");
        shell.Start();
        var errors = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Skip.If(shell.ExitCode == 77, "openssl is not installed");
        Assert.True(shell.ExitCode == 0, errors);
    }
}
