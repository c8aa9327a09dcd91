using System.ComponentModel;
using System.Diagnostics;

namespace Distributed.EndToEnd.Tests.Deploying;

/// <summary>Programs that a machine may have or not.</summary>
internal static class Commands
{
    /// <summary>Runs one and expects that it succeeds; a test that wants one which is not there is skipped.</summary>
    /// <returns>What it wrote to standard error.</returns>
    public static async Task<string> SucceedAsync(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception)
        {
            Skip.If(true, $"there is no {name} on this machine");
        }
        using (process)
        {
            var (output, errors) = (process!.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0,
                $"{name} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await output}\n{await errors}");
            return await errors;
        }
    }
}
