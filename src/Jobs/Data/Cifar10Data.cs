using Distributed.Engine;
using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>Colour images of 32 by 32 in the binary files of CIFAR-10. See <see cref="Cifar10"/>.</summary>
public sealed record Cifar10Data : DataSpec
{
    /// <summary>The folder of data_batch_*.bin and test_batch.bin; relative to the job file's folder. Null: where each machine keeps the
    /// downloaded set.</summary>
    public string? Folder { get; init; }

    public Cifar10Data() => Scale = Scaling.Unit;

    public override TestPart? Test { get; init; } = new OwnTestPart();

    internal override (Shape Sample, Target Target)? Known => (new Shape(3, Cifar10.Side, Cifar10.Side), new ClassTarget(Cifar10.Classes));

    internal override DataPair Load(DataPlaces places)
    {
        var folder = places.Folder(Folder, "cifar-10");
        return WithTest(Cifar10.LoadTrain(folder), () => Cifar10.LoadTest(folder), null);
    }

    internal override DataSpec Resolved(DataPlaces places) => Folder is null ? this : this with { Folder = places.Folder(Folder) };
}
