namespace Distributed.EndToEnd.Tests.Driving;

/// <summary>The system's Python with the module onnx: the machine's own, or Debian's package, unpacked in a folder of the tests.</summary>
internal static class PythonOnnx
{
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<Task<(Dictionary<string, string>? Environment, string? Problem)>> Found = new(FindAsync);

    /// <summary>Runs a script to its end, or skips the test with the reason why it cannot.</summary>
    /// <param name="script">From the checkout's folder.</param>
    public static async Task<(int Code, string Output)> RunAsync(string script, params string[] arguments)
    {
        var (environment, problem) = await Found.Value;
        Skip.If(environment is null, problem);
        return await OtherProgram.RunAsync(Path.GetTempPath(), environment!, Python, ["-B", Path.Combine(Script.Root, script), .. arguments]);
    }

    private static async Task<(Dictionary<string, string>?, string?)> FindAsync()
    {
        if (!File.Exists(Python)) return (null, $"{Python} with the module onnx is wanted: there is no {Python}");
        if (await ImportsAsync([]) is null) return ([], null);
        try
        {
            return await UnpackAsync();
        }
        catch (System.ComponentModel.Win32Exception none)
        {
            return (null, $"{Python} has no module onnx, and Debian's package python3-onnx cannot be had: {none.Message}");
        }
    }

    private static async Task<(Dictionary<string, string>?, string?)> UnpackAsync()
    {
        var folder = new Folder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        var packages = Directory.CreateDirectory(folder["archives"]);
        packages.CreateSubdirectory("partial");
        // What the package stands on and this machine lacks comes with it; nothing is installed.
        var (code, output) = await OtherProgram.RunAsync(folder.Path, [], "apt-get", "-o", "Debug::NoLocking=true", "-o", $"Dir::Cache={folder.Path}", "-o",
            "APT::Sandbox::User=", "-y", "--no-install-recommends", "--download-only", "install", "python3-onnx");
        if (code != 0) return (null, $"apt-get cannot get python3-onnx here: {output.Trim().Split('\n')[^1]}");
        foreach (var package in packages.GetFiles("*.deb"))
        {
            (code, output) = await OtherProgram.RunAsync(folder.Path, [], "dpkg", "-x", package.FullName, folder["root"]);
            if (code != 0) return (null, $"{package.Name} cannot be unpacked: {output.Trim().Split('\n')[^1]}");
        }

        var libraries = Directory.EnumerateFiles(folder["root"], "lib*.so.*", SearchOption.AllDirectories).Select(Path.GetDirectoryName).Distinct();
        Dictionary<string, string> environment = new()
        {
            ["PYTHONPATH"] = Path.Combine(folder["root"], "usr", "lib", "python3", "dist-packages"),
            ["LD_LIBRARY_PATH"] = string.Join(':', libraries),
        };
        return await ImportsAsync(environment) is { } problem ? (null, $"Debian's package python3-onnx cannot be used here: {problem}") : (environment, null);
    }

    /// <returns>Null: the module can be imported; else the last line of what was said.</returns>
    private static async Task<string?> ImportsAsync(Dictionary<string, string> environment)
    {
        var (code, output) = await OtherProgram.RunAsync(Path.GetTempPath(), environment, Python, "-B", "-c", "import onnx");
        return code == 0 ? null : output.Trim().Split('\n')[^1];
    }
}
