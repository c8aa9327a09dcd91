using System.Collections.Immutable;
using Distributed.Engine.Data;
using Distributed.Engine.Data.Augmentations;
using Distributed.Engine.Initialization;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Jobs.Tests;

/// <summary>Random jobs over every kind and key, values at the edges of their ranges among them.</summary>
internal sealed class RandomJobs(int seed)
{
    private static readonly string[] Texts = ["a", "../data/x", "C:\\x y", "it's \"q\"", "true", "-1", "ä 日 😀", " #:{}[],&*!|>%@`", "~", "\\"];

    private readonly Random _random = new(seed);

    public Job Next()
    {
        var (data, classes) = Data();
        return new Job
        {
            Name = Pick("job", "a-b_c.1", "7"),
            Seed = Pick(0UL, 1UL, (ulong)long.MaxValue),
            Data = data,
            Model = data is ScenesData
                ? new Sequential(new Conv2d(classes) { Kernel = 3, Padding = Padding.Same })
                : new Sequential([.. Flat(data), .. Layers(data is IdxData or CsvData), new Linear(classes, Initializer())]),
            Loss = data switch
            {
                ScenesData => new PixelCrossEntropyLoss(),
                SineData => Pick<Loss>(new SquaredLoss(), new MeanAbsoluteLoss(), new HuberLoss(Positive())),
                _ => Loss(classes, anyTarget: data is IdxData or CsvData),
            },
            Optimizer = Optimizer(),
            Schedule = Pick<RateSchedule?>(null, new ConstantSchedule { Warmup = Number() is var w && w < 1e6f ? w : 1 }, new CosineSchedule(Share()),
                new LinearSchedule(Share()) { Warmup = 0.5f }, new ExponentialSchedule(Pick(0.9f, float.Epsilon, 1000)),
                new StepSchedule(_random.Next(1, 100), Pick(0, 0.1f, 1000))),
            RateChanges = Pick(RateChanges.None, RateChanges.Of(new(0, 0), new(7, 0.1f), new(long.MaxValue, float.MaxValue))),
            Regularizer = Pick<Regularizer?>(null, new L2(Number(), Flag(), Flag()), new L1(Number(), Flag()),
                new ElasticNet(Number(), Number(), Flag(), Flag())),
            Batch = Pick(1, 128, JobLimits.MaxSamples),
            Shards = 1 << _random.Next(13),
            Epochs = Pick(1, 10, JobLimits.MaxEpochs),
            Checkpoint = Pick<Checkpoint?>(null, new Checkpoint(_random.Next(1, int.MaxValue))),
            OnNan = Pick(NonFinitePolicy.Stop, NonFinitePolicy.Skip),
            Augment = [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Pick<Augmentation>(new RandomShift(_random.Next(1, 9)),
                new RandomCrop(_random.Next(1, 9)), new RandomFlip(Flag()), new GaussianNoise(0.1f)))],
        };
    }

    /// <param name="anyTarget">Whether what the data says of a sample is not known before it is read.</param>
    private Loss Loss(int classes, bool anyTarget)
    {
        var smoothing = Pick(0, 0.1f, 0.99999994f);
        ImmutableArray<float> weights = Flag() ? [] : [.. Enumerable.Range(0, classes).Select(_ => Number())];
        return anyTarget && Flag() ? new PixelCrossEntropyLoss(smoothing, weights) : Pick<Loss>(
            new SoftmaxCrossEntropyLoss(smoothing, weights), new MulticlassHingeLoss(Positive()), new SquaredLoss(), new MeanAbsoluteLoss(),
            new HuberLoss(Positive()), new BinaryCrossEntropyLoss(), new MarginLoss(Positive()), new PerceptronLoss());
    }

    private (DataSpec Data, int Classes) Data()
    {
        var arms = _random.Next(2, 9);
        var scale = Pick(Scaling.None, Scaling.Unit, Scaling.Standardize, Scaling.StandardizePerFeature);
        TestPart?[] parts = [null, new TrainingPoints(), new HeldOut(Pick(0.2f, float.Epsilon, 0.99999994f), Seed())];
        var draw = new FreshDraw(_random.Next(1, 1000), Seed());
        return Pick<(DataSpec, int)>(
            (new SpiralData
            {
                Arms = arms,
                Points = _random.Next(1, 500),
                Noise = Pick(0, 0.2f, 1000),
                Seed = Seed(),
                Scale = scale,
                Test = Pick([draw, .. parts]),
            }, arms),
            (new XorData { Copies = _random.Next(1, 9), Noise = Pick(0, 0.1f), Seed = Seed(), Scale = scale, Test = Pick([draw, .. parts]) }, 2),
            (new MoonsData { Points = _random.Next(1, 500), Noise = Pick(0, 0.1f), Seed = Seed(), Scale = scale, Test = Pick([draw, .. parts]) }, 2),
            (new CirclesData
            {
                Points = _random.Next(1, 500),
                Ratio = Pick(0.5f, float.Epsilon, 0.99999994f),
                Noise = Pick(0, 0.1f),
                Seed = Seed(),
                Scale = scale,
                Test = Pick([draw, .. parts]),
            }, 2),
            (new BlobsData
            {
                Classes = arms,
                Points = _random.Next(1, 500),
                Dimensions = _random.Next(1, 9),
                Spread = Pick(0, 0.1f, 1000),
                Seed = Seed(),
                Scale = scale,
                Test = Pick([draw, .. parts]),
            }, arms),
            (new GlyphsData
            {
                Count = _random.Next(1, 500),
                Noise = Pick(0, 0.1f, 1),
                Distortion = Pick(0, 0.5f, 2),
                Seed = Seed(),
                Scale = scale,
                Test = Pick([draw, .. parts]),
            }, 10),
            (new ScenesData
            {
                Count = _random.Next(1, 500),
                Side = Pick(8, 24, 128),
                Colour = Flag(),
                Noise = Pick(0, 0.05f, 1),
                Seed = Seed(),
                Scale = scale,
                Test = Pick([draw, .. parts]),
            }, Scenes.Classes),
            (new SineData
            {
                Count = _random.Next(1, 500),
                Waves = Pick(1, float.Epsilon, 1000),
                Noise = Pick(0, 0.1f),
                Seed = Seed(),
                Scale = scale,
                Test = Pick([draw, .. parts]),
            }, 1),
            (new Cifar10Data { Folder = Pick<string?>([Text(), null]), Scale = scale, Test = Pick([new OwnTestPart(), .. parts]) }, 10),
            (new ImagesData { Folder = Text(), Scale = scale, Test = Pick([new OwnTestPart(), .. parts]) }, arms),
            (new NpyData { File = Text(), Labels = Text(), Features = Text(), Scale = scale, Test = Pick(parts) }, arms),
            (new IdxData { Folder = Pick<string?>([Text(), null]), Set = Pick(["mnist", "fashion-mnist"]), Scale = scale, Test = Pick([new OwnTestPart(), .. parts]) }, arms),
            (new CsvData
            {
                File = Text(),
                Label = Text(),
                Header = Flag(),
                Delimiter = Pick(',', ';', '\t', ' ', '|'),
                Scale = scale,
                Test = Pick([new TestFile(Text()), .. parts]),
            }, arms));
    }

    /// <summary>Layers on images where the sample's shape is not known before the data is read.</summary>
    private IEnumerable<Layer> Layers(bool images) => Enumerable.Range(0, _random.Next(6)).Select(_ => images && Flag() ? ImageLayer()
        : Pick<Layer>(new Flatten(), new ReLU(), new LeakyReLU(Pick(0.01f, -2, 0)), new Sigmoid(), new Tanh(), new Identity(), new ELU(Number()),
            new BatchNorm(Pick(0.1f, 1, float.Epsilon), Positive()), new LayerNorm(Positive()), new Dropout(Pick(0, 0.5f, 0.99999994f)),
            Block(), new Linear(_random.Next(1, 300), Initializer())));

    private Layer ImageLayer() => Pick<Layer>(new Step(), new Softmax(), Conv(), ConvTranspose(), new Upsample(Axes()), new L2PoolMaps(_random.Next(1, 9)),
        new MaxPool(Axes()) { Stride = Pick<Axes?>(null, Axes()), Padding = Pad() },
        new AveragePool(Axes()) { Stride = Pick<Axes?>(null, Axes()), Padding = Pad(), CountPadding = Flag() },
        new L2Pool(Axes()) { Stride = Pick<Axes?>(null, Axes()), Padding = Pad() },
        new L2PoolMaps(2) { Stride = Pick<int?>(null, 3) }, new Unpool(),
        new LocallyConnected(3) { Kernel = Axes(), Stride = Axes(), Padding = Pad(), Weights = Initializer() },
        new LocalContrast(Pick(1, 9))
        {
            Gaussian = Flag(),
            Subtractive = Flag(),
            Divisive = Flag(),
            AcrossMaps = Flag(),
            Epsilon = Positive(),
        });

    private ConvTranspose2d ConvTranspose() => new(_random.Next(1, 99))
    {
        Kernel = Axes(),
        Stride = Axes(),
        Padding = Pad(),
        OutputPadding = Pick<Axes>(0, Axes()),
        Dilation = Axes(),
        Groups = Pick(1, 2),
        Bias = Flag(),
        Weights = Initializer(),
    };

    /// <summary>A residual block that fits any input.</summary>
    private Residual Block(int depth = 2) => new(
        new Sequential(new BatchNorm(), new Tanh(), depth == 0 || Flag() ? new ELU() : Block(depth - 1)),
        Flag() ? null : new Sequential(new LayerNorm()));

    private Conv2d Conv() => new(_random.Next(1, 99))
    {
        Kernel = Axes(),
        Stride = Axes(),
        Padding = Pad(),
        Dilation = Axes(),
        Groups = Pick(1, 2),
        Bias = Flag(),
        Flip = Flag(),
        Weights = Initializer(),
    };

    private Axes Axes() => Pick<Axes>(1, JobLimits.MaxKernel, new Axes(_random.Next(1, 9), _random.Next(1, 9)));

    private Padding Pad() => Pick(Padding.Same, Padding.Valid, 3, new Axes(0, _random.Next(9)));

    /// <summary>Images of known shape are refused by a linear layer.</summary>
    private static IEnumerable<Layer> Flat(DataSpec data) => data is GlyphsData or Cifar10Data ? [new Flatten()] : [];

    private Initializer? Initializer() => Pick<Initializer?>(null, new Gaussian(Number()), new HeNormal(), new HeUniform(), new GlorotNormal(),
        new GlorotUniform(), new Uniform(Number()), new Orthogonal(Positive()), new Constant(-Number()));

    private Optimizer Optimizer() => Pick<Optimizer>(
        new Sgd(Number(), Share(), Number(), Flag()),
        new AdaGrad(Number(), Positive(), Number()),
        new RmsProp(Number(), Share(), Share(), Positive(), Number()),
        new Adam(Number(), Share(), Share(), Positive(), Number()),
        new AdamW(Number(), Share(), Share(), Positive(), Number()),
        new SteepestDescent(Pick(LineSearch.Armijo, LineSearch.Exact), Positive(), Share(), Pick(0.5f, float.Epsilon), Pick(1, 2, 1000)));

    private float Share() => Pick(0, 0.9f, 0.99999994f);

    private float Number() => Pick(0, float.Epsilon, 1e30f, _random.NextSingle(), 0.1f, 1e-8f);

    private float Positive() => Pick(1, float.Epsilon, float.MaxValue, _random.NextSingle() + 1e-3f);

    private ulong Seed() => (ulong)_random.NextInt64();

    private bool Flag() => _random.Next(2) == 0;

    private string Text() => Pick(Texts);

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];
}
