using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>Images in the four IDX files of MNIST and its kin. See <see cref="IdxImages"/>.</summary>
public sealed record IdxData : DataSpec
{
    /// <summary>The folder of the four files, each plain or with .gz; relative to the job file's folder. Null: where each machine keeps the downloaded
    /// <see cref="Set"/>.</summary>
    public string? Folder { get; init; }

    /// <summary>The downloaded set that is read where there is no <see cref="Folder"/>.</summary>
    public string Set { get; init; } = "mnist";

    public IdxData() => Scale = Scaling.Unit;

    public override TestPart? Test { get; init; } = new OwnTestPart();

    internal override DataPair Load(DataPlaces places)
    {
        var folder = places.Folder(Folder, Set);
        var train = IdxImages.LoadPart(folder, IdxImages.TrainImages, IdxImages.TrainLabels);
        return WithTest(train, () => IdxImages.LoadPart(folder, IdxImages.TestImages, IdxImages.TestLabels, train.Classes), null);
    }

    internal override DataSpec Resolved(DataPlaces places) => Folder is null ? this : this with { Folder = places.Folder(Folder) };
}
