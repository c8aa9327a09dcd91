using System.Diagnostics;

namespace Distributed.EndToEnd.Tests.Driving;

/// <summary>A program that is not ours, run to its end.</summary>
internal static class OtherProgram
{
    /// <param name="environment">Variables besides those of the tests.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public static async Task<(int Code, string Output)> RunAsync(string folder, Dictionary<string, string> environment, string program,
        params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
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
