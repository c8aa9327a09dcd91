using Distributed.Engine;
using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>PNG images of one size in sub-folders, one a class. See <see cref="ImageFolder"/>.</summary>
public sealed record ImagesData : DataSpec
{
    /// <summary>The folder of the sub-folders; relative to the job file's folder. With <see cref="OwnTestPart"/> it has two folders, train
    /// and test, with the same sub-folders each.</summary>
    public required string Folder { get; init; }

    public ImagesData() => Scale = Scaling.Unit;

    public override TestPart? Test { get; init; } = new HeldOut(0.2f);

    internal override DataPair Load(DataPlaces places)
    {
        var folder = places.Folder(Folder);
        if (Test is not OwnTestPart) return WithTest(ImageFolder.Load(folder).Set, null, null);
        var train = ImageFolder.Load(Path.Combine(folder, "train"));
        return WithTest(train.Set, () => ImageFolder.Load(Path.Combine(folder, "test"), train.ClassNames).Set, null);
    }

    internal override DataNames Names(DataPlaces places) =>
        new(ImageFolder.ClassNames(Test is OwnTestPart ? Path.Combine(places.Folder(Folder), "train") : places.Folder(Folder)));

    internal override DataSpec Resolved(DataPlaces places) => this with { Folder = places.Folder(Folder) };
}
