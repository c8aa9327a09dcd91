using System.Diagnostics;

namespace Distributed.EndToEnd.Tests.Driving;

/// <summary>A file system of its own with little room, gone after the test: a tmpfs, which only root can mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly Folder _folder = new();

    private SmallDisk()
    {
    }

    public string Path => _folder.Path;

    /// <summary>Mounts one, or skips the test with the reason.</summary>
    public static SmallDisk Mount(int kilobytes)
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "a small file system can be mounted only as root on Linux");
        var disk = new SmallDisk();
        var problem = Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", disk.Path);
        if (problem is null) return disk;
        disk._folder.Dispose();
        Skip.If(true, $"no small file system can be mounted here: {problem}");
        throw new InvalidOperationException("unreachable");
    }

    public void Dispose()
    {
        var problem = Run("umount", Path);
        _folder.Dispose();
        Assert.Null(problem);
    }

    /// <returns>Null: it went well.</returns>
    private static string? Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : errors.Trim();
    }
}
