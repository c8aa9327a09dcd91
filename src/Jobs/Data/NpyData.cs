using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>Samples in NumPy arrays: two .npy files, or one .npz file of both arrays. See <see cref="NumPyFile"/>.</summary>
public sealed record NpyData : DataSpec
{
    /// <summary>The .npz file, or the .npy file of the features [n, …]; relative to the job file's folder.</summary>
    public required string File { get; init; }

    /// <summary>The labels [n]: their array's name in the .npz file, or their .npy file.</summary>
    public string Labels { get; init; } = "y";

    /// <summary>The features' array in a .npz file; of no use for .npy files.</summary>
    public string Features { get; init; } = "x";

    public override TestPart? Test { get; init; } = new HeldOut(0.2f);

    private bool IsZip => File.EndsWith(".npz", StringComparison.OrdinalIgnoreCase);

    internal override DataPair Load(DataPlaces places)
    {
        var file = places.File(File);
        var features = IsZip ? NumPyFile.Read(file, Features) : NumPyFile.Read(file);
        var labels = IsZip ? NumPyFile.Read(file, Labels) : NumPyFile.Read(places.File(Labels));
        var set = NumPySamples.Of(features, labels);
        return WithTest(set, null, null);
    }

    internal override DataSpec Resolved(DataPlaces places) =>
        this with { File = places.File(File), Labels = IsZip ? Labels : places.File(Labels) };
}
