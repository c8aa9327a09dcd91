using System.Collections.Concurrent;
using Distributed.Engine.Training;
using Distributed.Jobs;

namespace Distributed.EndToEnd.Tests.Driving;

/// <summary>What a run must end with: computed in the test's own process and thread, without actors.</summary>
internal static class Answer
{
    private static readonly ConcurrentDictionary<string, string> Known = new(StringComparer.Ordinal);

    /// <param name="baseFolder">Where the job's relative paths begin.</param>
    public static string Of(string yaml, string baseFolder = "/") => Known.GetOrAdd(yaml, text =>
        LocalTrainer.Run(JobReader.Read(text, "test").GetOrThrow().Prepare(new PrepareOptions { BaseFolder = baseFolder })).Fingerprint);
}
