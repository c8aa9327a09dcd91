using System.Collections.Immutable;
using Distributed.Jobs.Catalogs;
using Distributed.Jobs.Reading;

namespace Distributed.Jobs;

/// <summary>Finds what does not go with an optimizer that searches along lines.</summary>
/// <remarks>Its steps are evaluations of one function, the loss of all training samples; most of them are trials that are left again. So a
/// batch must hold all samples, its epochs are not to be judged one by one, and its steps are not to be shortened by others.</remarks>
public static class JobSteps
{
    /// <param name="samples">Training samples.</param>
    /// <returns>Every problem, with its place in the job's text.</returns>
    public static ImmutableArray<JobProblem> Check(Job job, int samples)
    {
        if (!job.Optimizer.NeedsFullBatch) return [];
        var name = Catalog.Optimizers.Of(job.Optimizer)?.Name ?? job.Optimizer.GetType().Name;
        var problems = ImmutableArray.CreateBuilder<JobProblem>();
        if (job.Batch < samples)
            Report("batch", $"{name} wants all {samples} training samples in a batch, came {job.Batch}");
        if (job.ClipNorm is not null) Report("clip_norm", $"{name} finds its own step: it wants none, came {job.ClipNorm}");
        if (job.Schedule is not null) Report("schedule", $"{name} finds its own step: it wants none");
        if (job.RateChanges.Count > 0) Report("rate_changes", $"{name} finds its own step: it wants none");
        if (job.EarlyStopping is not null)
            Report("early_stopping", $"the epochs of {name} are trials, worse ones among them: it wants none");
        return problems.ToImmutable();

        void Report(string path, string message)
        {
            var place = job.Source?.Of(job, path) ?? new Place("", 0, 0);
            problems.Add(new JobProblem(place.File, place.Line, place.Column, path, message));
        }
    }
}
