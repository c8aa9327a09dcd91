namespace Distributed.Worker.Cli;

/// <summary>Ends this process when the one that started it is gone, however it went: the pipe on standard input closes then.</summary>
public static class ParentPipe
{
    public static void Watch() => _ = Task.Factory.StartNew(EndWithParent, CancellationToken.None, TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static void EndWithParent()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[64];
        while (input.Read(ignored) > 0)
        {
        }
        Environment.Exit(ExitCode.Failed);
    }
}
