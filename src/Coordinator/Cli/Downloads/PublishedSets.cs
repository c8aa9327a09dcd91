using Distributed.Engine.Data;

namespace Distributed.Coordinator.Cli.Downloads;

/// <summary>The public data sets that <c>data get</c> knows.</summary>
internal static class PublishedSets
{
    private const string CifarFolder = "cifar-10-batches-bin/";

    private const long CifarBatch = 10_000L * Cifar10.RecordBytes;

    public static IReadOnlyList<PublishedSet> All { get; } =
    [
        new("mnist", "handwritten digits, 28 x 28 (LeCun, Cortes, Burges)", new("https://ossci-datasets.s3.amazonaws.com/mnist/"),
            Idx(IdxImages.TrainImages, 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", 47_040_016),
            Idx(IdxImages.TrainLabels, 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", 60_008),
            Idx(IdxImages.TestImages, 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", 7_840_016),
            Idx(IdxImages.TestLabels, 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", 10_008)),
        new("fashion-mnist", "articles of clothing, 28 x 28 (Zalando Research)", new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
            Idx(IdxImages.TrainImages, 26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 47_040_016),
            Idx(IdxImages.TrainLabels, 29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 60_008),
            Idx(IdxImages.TestImages, 4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 7_840_016),
            Idx(IdxImages.TestLabels, 5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 10_008)),
        new("cifar-10", "colour images of ten classes, 32 x 32 (Krizhevsky)", new("https://www.cs.toronto.edu/~kriz/"),
            new PublishedFile("cifar-10-binary.tar.gz", 170_052_171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd", Packing.TarGzip,
            [
                .. Enumerable.Range(1, Cifar10.TrainBatches).Select(Cifar10.TrainBatch).Append(Cifar10.TestBatch)
                    .Select(name => new UnpackedFile(name, CifarBatch, CifarFolder + name)),
            ])),
    ];

    public static string Names => string.Join(", ", All.Select(set => set.Name));

    private static PublishedFile Idx(string name, long bytes, string sha256, long unpackedBytes) =>
        new(name + ".gz", bytes, sha256, Packing.Gzip, new UnpackedFile(name, unpackedBytes));
}
