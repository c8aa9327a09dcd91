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
        var graph = new Graph();
        var value = graph.Input("features", Shape.Batched(sample));
        for (var i = 0; i < layers.Count; i++)
        {
            var layer = layers[i];
            var path = $"model[{i}].{layer.Kind}";
            try
            {
                value = layer.Apply(value, $"layer{i}", [.. layers.Skip(i + 1)]);
            }
            catch (ShapeException wrong)
            {
                var flat = value.Shape.Rank > 2 && layer is Linear;
                Report(path, flat ? $"input has shape {value.Shape.Sample}; put a flatten before it" : wrong.Message);
                // The layers behind it are checked as if it fitted, where its output can be told without its input.
                if (layer is not Linear linear) return problems.ToImmutable();
                value = graph.Input($"after{i}", new Shape(Shape.Batch, linear.Outputs));
            }
            catch (OverflowException)
            {
                Report(path, "with this layer the model has more than 2^31 parameters");
                return problems.ToImmutable();
            }
        }

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
            job.Loss.Apply(value, graph.Input("targets", Shape.Batched(job.Loss.TargetShape(target, value.Shape.Sample))));
        }
        catch (ShapeException wrong)
        {
            Report("loss", wrong.Message);
        }
        return problems.ToImmutable();

        void Report(string path, string message)
        {
            var place = job.Source?.Of(job, path) ?? new Place("", 0, 0);
            problems.Add(new JobProblem(place.File, place.Line, place.Column, path, message));
        }
    }
}
