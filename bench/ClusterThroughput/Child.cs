using System.Diagnostics;

namespace Distributed.ClusterThroughput;

/// <summary>The process at the other end; it ends when its standard input does.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;

    private Child(Process process) => _process = process;

    /// <summary>HOST:PORT, as it said.</summary>
    public string Place { get; private init; } = "";

    public static Child Start(string way, string? settings)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(Child).Assembly.Location);
        start.ArgumentList.Add("--serve");
        start.ArgumentList.Add(way);
        if (settings is not null)
        {
            start.ArgumentList.Add("--akka-config");
            start.ArgumentList.Add(settings);
        }

        var process = Process.Start(start)!;
        return new Child(process) { Place = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the other process ended") };
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
