using Distributed.Jobs;

namespace Distributed.Scaling;

/// <summary>A network of two equal hidden layers on drawn digits: what grows with its width is nearly all matrix products.</summary>
/// <param name="Hidden">Neurons of each of the two layers.</param>
/// <param name="Batch">Samples of a step.</param>
internal sealed record StepJob(int Hidden, int Batch)
{
    private const int Samples = 4096, Pixels = 28 * 28, Classes = 10;

    /// <summary>Additions and multiplications of a step: forward and ∇W of every layer, ∇x of every layer but the first.</summary>
    public double Flops => 2.0 * Batch * ((2.0 * Pixels * Hidden) + (3.0 * Hidden * Hidden) + (3.0 * Hidden * Classes));

    /// <summary>Learns so slowly that numbers stay of one size, however long it is measured.</summary>
    public Job Read() => JobReader.Read($"""
        name: step
        seed: 1
        data: {'{'}glyphs: {'{'}count: {Samples}, test: {'{'}draw: 10{'}'}{'}'}{'}'}
        model: [flatten, linear: {Hidden}, relu, linear: {Hidden}, relu, linear: {Classes}]
        loss: softmax-cross-entropy
        optimizer: {'{'}sgd: {'{'}rate: 0.000001, momentum: 0.9{'}'}{'}'}
        batch: {Batch}
        shards: 8
        epochs: 100000
        """, "step.yaml").GetOrThrow();
}
