using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Distributed.EndToEnd.Tests.Driving;

/// <summary>A script of this checkout, run to its end with the executables beside the tests.</summary>
internal sealed record Script(int Code, string Output, string Errors)
{
    /// <summary>What a script ends with that cannot do its work on this machine, as in automake's test driver.</summary>
    public const int Skipped = 77;

    /// <summary>A script that runs this long is asked to end, with SIGTERM, so that it takes away what it made.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    /// <summary>The checkout's folder.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "..", "..", ".."));

    public string All => $"exit code {Code}\n{Output}\n{Errors}";

    /// <param name="path">From the checkout's folder.</param>
    public static Task<Script> RunAsync(string path, params string[] arguments) => RunAsync(path, new Dictionary<string, string>(), arguments);

    public static Task<Script> RunAsync(string path, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        RunAsync(path, environment, ended: Task.Delay(Timeout.Infinite), arguments);

    /// <param name="ended">When it completes, the script gets SIGTERM.</param>
    public static async Task<Script> RunAsync(string path, IReadOnlyDictionary<string, string> environment, Task ended,
        params string[] arguments)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the scripts are written for Linux");
        var start = new ProcessStartInfo("bash")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
            ArgumentList = { Path.Combine(Root, path) }, // a path that begins at the root stays what it is
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["DISTRIBUTED"] = Path.Combine(AppContext.BaseDirectory, "Distributed.Coordinator");
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        foreach (var (name, value) in environment) start.Environment[name] = value;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var exit = process.WaitForExitAsync(CancellationToken.None);
        if (await Task.WhenAny(exit, ended, Task.Delay(Limit)) != exit) Signals.Terminate(process.Id);
        await exit;
        return new Script(process.ExitCode, await output, await errors);
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
