using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Distributed.Coordinator.Cli.Processes;

/// <summary>How a .NET program beside this one is started with the runtime that runs this one.</summary>
internal static class DotnetHost
{
    /// <param name="assembly">File name without ending, in this program's folder.</param>
    /// <exception cref="FileNotFoundException">The program, or a way to start it, is not there.</exception>
    public static ProcessStartInfo Start(string assembly)
    {
        var folder = AppContext.BaseDirectory;
        var library = Path.Combine(folder, assembly + ".dll");
        var ending = OperatingSystem.IsWindows() ? ".exe" : "";
        if (!File.Exists(library)) throw new FileNotFoundException($"{library} is missing: build or copy it beside the coordinator");
        if (Muxer(ending) is { } dotnet) return new ProcessStartInfo(dotnet) { ArgumentList = { "exec", library } };
        var own = Path.Combine(folder, assembly + ending);
        if (File.Exists(own)) return new ProcessStartInfo(own);
        throw new FileNotFoundException($"neither dotnet{ending} nor {own} is there to start {library}");
    }

    /// <summary>This program once more, with the arguments that are added.</summary>
    /// <exception cref="FileNotFoundException">It cannot be told which program this is.</exception>
    public static ProcessStartInfo StartThisProgram()
    {
        var own = Environment.ProcessPath ?? throw new FileNotFoundException("it cannot be told which program this process runs");
        if (Path.GetFileNameWithoutExtension(own) != "dotnet") return new ProcessStartInfo(own);
        return new ProcessStartInfo(own) { ArgumentList = { "exec", Path.GetFullPath(Environment.GetCommandLineArgs()[0]) } };
    }

    private static string? Muxer(string ending)
    {
        var name = "dotnet" + ending;
        if (Path.GetFileName(Environment.ProcessPath) == name) return Environment.ProcessPath;
        // The runtime lies in ROOT/shared/Microsoft.NETCore.App/VERSION.
        var root = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..");
        string?[] candidates = [Path.GetFullPath(Path.Combine(root, name)), Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")];
        return candidates.FirstOrDefault(File.Exists);
    }
}
