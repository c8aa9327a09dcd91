using System.Collections.Concurrent;

namespace Distributed.EndToEnd.Tests.Driving;

/// <summary>Folders with the packages that a package.json of this checkout names, for scripts of Node. Each is made once for all tests.</summary>
internal static class NodePackages
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<(Folder? Folder, string? Problem)>>> Installed = [];

    /// <summary>Runs a script with the packages of examples/javascript.</summary>
    /// <inheritdoc cref="RunWithAsync"/>
    public static Task<(int Code, string Output)> RunAsync(string script, params string[] arguments) =>
        RunWithAsync("examples/javascript", script, arguments);

    /// <summary>Runs a script to its end, or skips the test with the reason why it cannot.</summary>
    /// <param name="packages">The folder of the package.json, from the checkout's folder.</param>
    /// <param name="script">From the checkout's folder.</param>
    public static async Task<(int Code, string Output)> RunWithAsync(string packages, string script, params string[] arguments)
    {
        var (folder, problem) = await Installed.GetOrAdd(packages, _ => new(() => InstallAsync(packages))).Value;
        Skip.If(folder is null, problem);
        var copy = folder![$"{Guid.NewGuid():N}.mjs"]; // packages are looked for beside the script
        File.Copy(Path.Combine(Script.Root, script), copy);
        return await OtherProgram.RunAsync(folder.Path, [], "node", [copy, .. arguments]);
    }

    private static async Task<(Folder?, string?)> InstallAsync(string packages)
    {
        var folder = new Folder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        File.Copy(Path.Combine(Script.Root, packages, "package.json"), folder["package.json"]);
        try
        {
            var (code, output) = await OtherProgram.RunAsync(folder.Path, [], "npm",
                "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error");
            return code == 0 ? (folder, null) : (null, $"npm cannot install the packages of {packages} here: {output.Trim().Split('\n')[^1]}");
        }
        catch (System.ComponentModel.Win32Exception none)
        {
            return (null, $"node and npm are wanted: {none.Message}");
        }
    }
}
