using Distributed.Jobs.Catalogs;
using Distributed.Jobs.Reading;

namespace Distributed.Jobs;

/// <summary>Reads a job from YAML and finds everything that is wrong with it at once.</summary>
public static class JobReader
{
    /// <param name="fileName">For messages only; nothing is opened.</param>
    public static JobResult Read(string text, string fileName) => Read(text, fileName, []);

    /// <summary>Reads a job after putting <paramref name="overrides"/> over the text, in their order.</summary>
    /// <param name="overrides">
    /// <c>path=value</c> each, the value as YAML: <c>epochs=3</c>, <c>optimizer.sgd.rate=0.1</c>, <c>model[0].linear=50</c>. The name
    /// of the kind that stands in the text may be left out: <c>optimizer.rate=0.1</c>.
    /// </param>
    public static JobResult Read(string text, string fileName, IReadOnlyList<string> overrides)
    {
        var context = new ReadContext(fileName);
        var root = YamlTree.Read(text, mark => mark is { } at
            ? new Place(fileName, (int)at.Line, (int)at.Column)
            : new Place(fileName, 0, 0), "", context);
        if (root is ScalarNode { IsEmpty: true }) root = new MappingNode(new Place(fileName, 1, 1), []);
        if (root is null) return new JobResult(null, context.Problems());
        if (root is not MappingNode mapping)
        {
            context.Report(root.Place, "", $"a job is keys with values, as in `epochs: 10`; came {root.Described}");
            return new JobResult(null, context.Problems());
        }

        Overrides.Apply(mapping, overrides, context);
        if (!Catalog.Job.TryRead(mapping, mapping.Place, "", context, out var value) || context.HasProblems)
            return new JobResult(null, context.Problems());

        var read = (Job)value!;
        var job = read with { Source = new JobSource(context.Places, read.Model) };
        var shapes = job.Data.Known is var (sample, target) ? JobShapes.Check(job, sample, job.TargetOf(sample, target)) : [];
        return shapes.IsEmpty ? new JobResult(job, []) : new JobResult(null, shapes);
    }
}
