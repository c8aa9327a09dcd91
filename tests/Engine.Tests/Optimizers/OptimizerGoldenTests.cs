using System.Text.Json;
using Distributed.Engine.Optimizers;

namespace Distributed.Engine.Tests.Optimizers;

/// <summary>Twenty steps of PyTorch 1.13 in float64 (Golden/make_optimizers.py) against ours in float.</summary>
public class OptimizerGoldenTests
{
    /// <summary>The file's name.</summary>
    internal const string Family = "optimizers";

    private static readonly Golden File = JsonSerializer.Deserialize<Golden>(
        System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", $"{Family}.json")),
        new JsonSerializerOptions { PropertyNameCaseInsensitive = true })!;

    public static TheoryData<string> Names => [.. File.Cases.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Twenty_steps_are_those_of_PyTorch(string name)
    {
        var golden = File.Cases.Single(one => one.Name == name);
        var optimizer = Make(golden);
        var weights = File.First.Select(weight => (float)weight).ToArray();
        var state = optimizer.NewState(weights.Length);
        for (var step = 0; step < File.Gradients.Length; step++)
        {
            var (gradient, next) = (File.Gradients[step].Select(element => (float)element).ToArray(), new float[weights.Length]);
            optimizer.Update(new UpdateStep(step), 0, gradient, weights, next, state);
            weights = next;
            for (var i = 0; i < weights.Length; i++)
            {
                var wanted = golden.Weights[step][i];
                Assert.True(Math.Abs(weights[i] - wanted) <= 1e-5 * Math.Max(Math.Abs(wanted), 0.1),
                    $"step {step}, weight {i}: wanted {wanted}, got {weights[i]}");
            }
        }
    }

    private static Optimizer Make(Case golden)
    {
        float Number(string name) => golden.Settings.TryGetValue(name, out var value) ? value.GetSingle() : 0;
        return golden.Kind switch
        {
            "sgd" => new Sgd(Number("rate"), Number("momentum"), Number("weight_decay"), golden.Settings["nesterov"].GetBoolean()),
            "adagrad" => new AdaGrad(Number("rate"), Number("epsilon"), Number("weight_decay")),
            "rmsprop" => new RmsProp(Number("rate"), Number("decay"), Number("momentum"), Number("epsilon"), Number("weight_decay")),
            "adam" => new Adam(Number("rate"), Number("beta1"), Number("beta2"), Number("epsilon"), Number("weight_decay")),
            "adamw" => new AdamW(Number("rate"), Number("beta1"), Number("beta2"), Number("epsilon"), Number("weight_decay")),
            var other => throw new InvalidDataException($"no optimizer {other}"),
        };
    }

    private sealed record Golden(double[] First, double[][] Gradients, Case[] Cases);

    private sealed record Case(string Name, string Kind, Dictionary<string, JsonElement> Settings, double[][] Weights);
}
