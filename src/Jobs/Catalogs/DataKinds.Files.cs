using Distributed.Engine.Data;

namespace Distributed.Jobs.Catalogs;

/// <summary>Images and arrays in files.</summary>
internal static partial class DataKinds
{
    private static Kind Cifar10() =>
        Kind.Of("cifar10", "Colour images of 32 by 32 in ten classes, in the binary files of CIFAR-10.",
            values => new Cifar10Data
            {
                Folder = values.Get<string?>("folder"),
                Scale = values.Get<Scaling>("scale"),
                Test = values.Get<TestPart?>("test"),
            },
            Key.Optional<Cifar10Data>("folder", Downloadable, null, d => d.Folder,
                "The folder of data_batch_1.bin to data_batch_5.bin (or some of them) and test_batch.bin; downloaded: where `data get` keeps them.",
                main: true, inAnswer: false),
            Scale<Cifar10Data>(Scaling.Unit),
            Test<Cifar10Data>(new OwnTestPart(), "own", "fraction", "training"));

    private static Kind Images() =>
        Kind.Of("images", "PNG images of one size in sub-folders, one a class, numbered in the order of their names.",
            values => new ImagesData
            {
                Folder = values.Text("folder"),
                Scale = values.Get<Scaling>("scale"),
                Test = values.Get<TestPart?>("test"),
            },
            Key.Needed<ImagesData>("folder", CommonTypes.Path, d => d.Folder,
                "The folder of the sub-folders; with the test part own it holds two such folders, train and test.", main: true,
                inAnswer: false),
            Scale<ImagesData>(Scaling.Unit),
            Test<ImagesData>(new HeldOut(0.2f), "own", "fraction", "training"));

    private static Kind Npy() =>
        Kind.Of("npy", "Samples in NumPy arrays: a .npz file with features and labels, or a .npy file of each.",
            values => new NpyData
            {
                File = values.Text("file"),
                Labels = values.Text("labels"),
                Features = values.Text("features"),
                Scale = values.Get<Scaling>("scale"),
                Test = values.Get<TestPart?>("test"),
            },
            Key.Needed<NpyData>("file", CommonTypes.Path, d => d.File,
                "The .npz file, or the .npy file of the features: [n, d], [n, h, w] or [n, c, h, w].", main: true, inAnswer: false),
            Key.Optional<NpyData>("labels", CommonTypes.Path, "y", d => d.Labels,
                "The labels [n]: their array in the .npz file, or their .npy file.", inAnswer: false),
            Key.Optional<NpyData>("features", CommonTypes.Path, "x", d => d.Features, "The features' array in the .npz file.", inAnswer: false),
            Scale<NpyData>(Scaling.None),
            Test<NpyData>(new HeldOut(0.2f), "fraction", "training"));
}
