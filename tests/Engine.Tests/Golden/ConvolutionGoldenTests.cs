using System.Text.Json;
using Distributed.Engine.Kernels;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Golden;

/// <summary>Operations on images against PyTorch: odd sizes, strides, paddings, dilations and groups; make_convolution.py writes them.</summary>
public class ConvolutionGoldenTests
{
    private static readonly IReadOnlyDictionary<string, JsonElement> All = OperationGolden.Cases("convolution");

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void In_float64(string name) => OperationGolden.Compare<double>(All[name], Of(All[name]), Batched(All[name]), 1e-10);

    [Theory]
    [MemberData(nameof(Names))]
    public void In_float32(string name) => OperationGolden.Compare<float>(All[name], Of(All[name]), Batched(All[name]), 1e-5);

    private static int Batched(JsonElement golden) => golden.GetProperty("operation").GetString() == "unpool" ? 2 : 1;

    private static Operation Of(JsonElement golden)
    {
        return golden.GetProperty("operation").GetString() switch
        {
            "conv2d" => new Conv2d(Window("y"), Window("x"), Int("groups"), Flag("flip")),
            "conv-transpose2d" => new ConvTranspose2d(Window("y"), Window("x"), Ints("extra")[0], Ints("extra")[1], Int("groups"), Flag("flip")),
            "locally-connected" => new LocallyConnected(Window("y"), Window("x")),
            "max-pool" => new MaxPool(Window("y"), Window("x")),
            "average-pool" => new AveragePool(Window("y"), Window("x"), Flag("countPadding")),
            "l2-pool" => new L2Pool(Window("y"), Window("x")),
            "l2-pool-maps" => new L2PoolMaps(Window("maps")),
            "unpool" => new Unpool(Window("y"), Window("x")),
            "upsample" => new Upsample(Ints("factor")[0], Ints("factor")[1]),
            "local-contrast" => new LocalContrast(Int("size"), Flag("gaussian"), Flag("subtractive"), Flag("divisive"), Flag("acrossMaps"),
                golden.Number("epsilon")),
            var other => throw new ArgumentException($"no operation for the golden case \"{other}\""),
        };

        Window Window(string name) => Ints(name) is [var size, var stride, var dilation, var before, var after]
            ? new Window(size, stride, dilation, before, after)
            : throw new ArgumentException($"{name} is no window");

        int[] Ints(string name) => [.. golden.Numbers(name).Select(number => (int)number)];

        int Int(string name) => golden.GetProperty(name).GetInt32();

        bool Flag(string name) => golden.GetProperty(name).GetBoolean();
    }
}
