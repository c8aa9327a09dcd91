using System.Collections.Immutable;
using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Layers;
using Distributed.Engine.Training;
using Distributed.Jobs.Reading;

namespace Distributed.Jobs;

/// <summary>Finds layers that do not fit the data, each other, or the loss.</summary>
public static class JobShapes
{
    /// <param name="sample">The shape of one sample, without batch.</param>
    /// <param name="target">What the data says of each sample.</param>
    /// <returns>Every problem, with the place of the layer in the job's text; empty: the model can be built.</returns>
    public static ImmutableArray<JobProblem> Check(Job job, Shape sample, Target target)
    {
        var problems = ImmutableArray.CreateBuilder<JobProblem>();
        var layers = job.Model.Layers;
        if (Walk(layers, new Graph().Input("features", Shape.Batched(sample)), "model") is not { } value) return problems.ToImmutable();

        if (job.Loss.ScoreShapes(target).Count == 0)
        {
            Report("loss", $"the loss {job.Loss.Name} is not for data with {target}");
            return problems.ToImmutable();
        }
        try
        {
            Model.CheckScores(value.Shape, target, job.Loss);
        }
        catch (ShapeException wrong)
        {
            Report(layers.Count == 0 ? "model" : $"model[{layers.Count - 1}].{layers[^1].Kind}", wrong.Message);
            return problems.ToImmutable();
        }
        try
        {
            job.Loss.Apply(value, value.Graph.Input("targets", Shape.Batched(job.Loss.TargetShape(target, value.Shape.Sample))));
        }
        catch (ShapeException wrong)
        {
            Report("loss", wrong.Message);
        }
        return problems.ToImmutable();

        Value? Walk(IReadOnlyList<Layer> list, Value input, string path)
        {
            for (var i = 0; i < list.Count; i++)
            {
                var (layer, at, first) = (list[i], $"{path}[{i}].{list[i].Kind}", input.Graph.Values.Count);
                try
                {
                    input = layer.Apply(input, $"layer{i}", [.. list.Skip(i + 1)]);
                }
                catch (ShapeException wrong)
                {
                    var known = problems.Count;
                    foreach (var branch in layer.Branches)
                        Walk(branch.Layers.Layers, new Graph().Input("features", input.Shape), $"{at}.{branch.Name}");
                    var flat = input.Shape.Rank > 2 && layer is Linear;
                    if (problems.Count == known)
                        Report(at, flat ? $"input has shape {input.Shape.Sample}; put a flatten before it" : wrong.Message);
                    // The layers behind it are checked as if it fitted, where its output can be told without its input.
                    if (layer is not Linear linear) return null;
                    input = input.Graph.Input($"after{i}", new Shape(Shape.Batch, linear.Outputs));
                }
                catch (OverflowException)
                {
                    Report(at, "with this layer the model has more than 2^31 parameters");
                    return null;
                }
                var blocks = input.Graph.Values.Skip(first).FirstOrDefault(made => made.NeedsGradient && made.Operation?.WhyNoGradient is not null);
                if (blocks is not null) Report(at, $"the layers before it cannot be trained: {blocks.Operation!.WhyNoGradient}");
            }
            return input;
        }

        void Report(string path, string message)
        {
            var place = job.Source?.Of(job, path) ?? new Place("", 0, 0);
            problems.Add(new JobProblem(place.File, place.Line, place.Column, path, message));
        }
    }
}
