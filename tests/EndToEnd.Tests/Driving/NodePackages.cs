using System.Diagnostics;

namespace Distributed.EndToEnd.Tests.Driving;

/// <summary>A folder with the packages of examples/javascript, for scripts of Node. Made once for all tests.</summary>
internal static class NodePackages
{
    private static readonly Lazy<Task<(Folder? Folder, string? Problem)>> Installed = new(InstallAsync);

    /// <summary>Runs a script to its end, or skips the test with the reason why it cannot.</summary>
    /// <param name="script">From the checkout's folder.</param>
    public static async Task<(int Code, string Output)> RunAsync(string script, params string[] arguments)
    {
        var (folder, problem) = await Installed.Value;
        Skip.If(folder is null, problem);
        var copy = folder![$"{Guid.NewGuid():N}.mjs"]; // packages are looked for beside the script
        File.Copy(Path.Combine(Script.Root, script), copy);
        return await RunAsync(folder.Path, "node", [copy, .. arguments]);
    }

    private static async Task<(Folder?, string?)> InstallAsync()
    {
        var folder = new Folder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        File.Copy(Path.Combine(Script.Root, "examples", "javascript", "package.json"), folder["package.json"]);
        try
        {
            var (code, output) = await RunAsync(folder.Path, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error");
            return code == 0 ? (folder, null) : (null, $"npm cannot install the packages of examples/javascript here: {output.Trim().Split('\n')[^1]}");
        }
        catch (System.ComponentModel.Win32Exception none)
        {
            return (null, $"node and npm are wanted: {none.Message}");
        }
    }

    private static async Task<(int, string)> RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Patience.Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {Patience.Limit.TotalSeconds:0} s:\n{await output}\n{await errors}");
        }
        return (process.ExitCode, await output + await errors);
    }
}
