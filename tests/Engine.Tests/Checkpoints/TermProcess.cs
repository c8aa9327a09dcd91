using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Distributed.Engine.Tests.Checkpoints;

/// <summary>A running TermProbe. Disposing it kills it, if it is still there.</summary>
internal sealed class TermProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>The muxer of the runtime that runs the tests: it lies three folders above the runtime's own.</summary>
    private static readonly string Dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..",
        OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    private readonly Process _process;

    public TermProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo(Dotnet) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "Distributed.TermProbe.dll"), .. arguments])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
    }

    public async Task BeginAsync() => Assert.Equal("ready", await LineAsync());

    public void Go() => _process.StandardInput.WriteLine();

    public async Task<string?> LineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    /// <summary>Tells it that there is no more to do; all that it still prints, until it ends in good order.</summary>
    public async Task<string[]> EndAsync()
    {
        _process.StandardInput.Close();
        var text = await _process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, _process.ExitCode);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}
