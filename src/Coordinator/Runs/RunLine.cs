using System.Text.Json.Serialization;

namespace Distributed.Coordinator.Runs;

/// <summary>A line of a run's files: what is known of it at one moment.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(StepLine), "step")]
[JsonDerivedType(typeof(EpochLine), "epoch")]
[JsonDerivedType(typeof(LayersLine), "layers")]
[JsonDerivedType(typeof(EventLine), "event")]
[JsonDerivedType(typeof(ResumedLine), "resumed")]
internal abstract record RunLine
{
    public DateTimeOffset At { get; init; }
}

/// <param name="Step">Steps committed, this one among them.</param>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Mean over the step's samples; null where it is not finite.</param>
/// <param name="TrainSeconds">Time spent on steps until then.</param>
/// <param name="Samples">Trained on until then.</param>
internal sealed record StepLine(long Step, int Epoch, double? Loss, double TrainSeconds, long Samples) : RunLine;

/// <param name="Epoch">From 1.</param>
/// <param name="Step">Steps committed at its end.</param>
internal sealed record EpochLine(int Epoch, long Step, double? TrainLoss, double? TrainAccuracy, double? TestLoss, double? TestAccuracy) : RunLine;

/// <summary>The model's parameters after a step, tensor by tensor.</summary>
internal sealed record LayersLine(long Step, IReadOnlyList<LayerNumbers> Layers) : RunLine;

/// <param name="WeightNorm">Euclidean.</param>
/// <param name="GradientNorm">Of ∇L in the last step that it was taken of; null: none yet.</param>
/// <param name="Weights">Counts, see <see cref="MagnitudeHistogram"/>.</param>
internal sealed record LayerNumbers(string Name, double? WeightNorm, double? GradientNorm, IReadOnlyList<long> Weights, IReadOnlyList<long>? Gradients);

/// <param name="What">"joined", "lost", "checkpoint", ...</param>
/// <param name="Step">Steps committed until then; of a checkpoint those that it has.</param>
/// <param name="Worker">Its number; null: it is of none.</param>
internal sealed record EventLine(string What, string Text, bool IsWarning, long Step, int? Worker = null) : RunLine;

/// <summary>The run goes on from a checkpoint: what was written of later steps does not count.</summary>
internal sealed record ResumedLine(long Step) : RunLine;

/// <summary>Weights to be drawn, for TensorBoard alone.</summary>
internal sealed record PictureLine(long Step, float[] Weights) : RunLine;

/// <summary>Somebody waits until all that stands before it is on the disk.</summary>
internal sealed record FlushMark : RunLine
{
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunLine))]
internal sealed partial class RunLineJson : JsonSerializerContext;
