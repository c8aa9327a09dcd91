using System.Text;

namespace Distributed.Jobs;

/// <summary>Reads a job from a file.</summary>
public static class JobFile
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The job with absolute paths, so that processes with another current folder find the same data.</summary>
    /// <exception cref="JobException">The file or the job is wrong: every problem with its place.</exception>
    public static Job ReadResolved(string path, IReadOnlyList<string>? overrides = null) =>
        Read(path, overrides).GetOrThrow().Resolved(Path.GetDirectoryName(Path.GetFullPath(path))!);

    /// <summary>As <see cref="JobReader.Read(string, string, IReadOnlyList{string})"/>; a file that is not there, is too long, or is no
    /// text is a problem like any other.</summary>
    public static JobResult Read(string path, IReadOnlyList<string>? overrides = null)
    {
        if (Directory.Exists(path)) return Refused("this is a folder; a job file is wanted");
        try
        {
            using var file = File.OpenRead(path);
            // One byte more than is allowed tells a longer file, without trusting the length of what may be no plain file.
            var bytes = new byte[JobLimits.MaxTextBytes + 1];
            var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (count > JobLimits.MaxTextBytes) return Refused($"the file has more than {JobLimits.MaxTextBytes} bytes; a job has at most that many");
            var text = Strict.GetString(bytes, 0, count);
            return JobReader.Read(text.StartsWith('\uFEFF') ? text[1..] : text, path, overrides ?? []);
        }
        catch (DecoderFallbackException wrong)
        {
            return Refused($"the file is no UTF-8 text: byte {wrong.Index} cannot be read");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return Refused("there is no such file");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Refused($"the file cannot be read: {error.Message}");
        }

        JobResult Refused(string message) => new(null, [new JobProblem(path, 0, 0, "", message)]);
    }
}
