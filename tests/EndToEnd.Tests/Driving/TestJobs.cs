namespace Distributed.EndToEnd.Tests.Driving;

/// <summary>Jobs small enough for a test.</summary>
internal static class TestJobs
{
    /// <summary>45 samples of 3 spiral arms, a last batch of 5, and 8 shards that neither 3 nor 5 workers share evenly.</summary>
    public const string Tiny = """
        name: tiny
        seed: 7
        data: {spiral: {points: 15, test: {draw: 100}}}
        model:
          - linear: 16
          - tanh
          - linear: 3
        loss: softmax-cross-entropy
        regularizer: {l2: {strength: 0.001}}
        optimizer: {sgd: {rate: 0.5, momentum: 0.9}}
        batch: 20
        shards: 8
        epochs: 5
        """;

    /// <summary>One epoch of 2000 steps: whatever happens to it before its end happens in mid-epoch.</summary>
    public const string Long = """
        name: long
        seed: 3
        data: {spiral: {points: 8000}}
        model:
          - linear: 24
          - relu
          - linear: 3
        loss: softmax-cross-entropy
        optimizer: {sgd: {rate: 0.2, momentum: 0.9}}
        batch: 12
        shards: 8
        epochs: 1
        """;

    public const int LongSteps = 2000;

    /// <summary>600 steps that each send a megabyte to every worker and back: none is over in no time.</summary>
    public const string Wide = """
        name: wide
        seed: 3
        data: {spiral: {points: 2000}}
        model:
          - linear: 512
          - relu
          - linear: 512
          - relu
          - linear: 3
        loss: softmax-cross-entropy
        optimizer: {sgd: {rate: 0.05, momentum: 0.9}}
        batch: 20
        shards: 8
        epochs: 2
        """;

    /// <summary>Images of 4 by 4 in a folder beside the job; see <see cref="ImageFiles"/>.</summary>
    public const string Images = """
        name: images
        data: {idx: {folder: images}}
        model:
          - flatten
          - linear: 8
          - relu
          - linear: 3
        loss: softmax-cross-entropy
        optimizer: {sgd: {rate: 0.1}}
        batch: 4
        shards: 4
        epochs: 2
        """;
}
