using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Protocol;
using Distributed.Testing;
using Distributed.Worker.Shipping;
using Google.Protobuf;

namespace Distributed.Worker.Tests.Shipping;

public sealed class SampleRecordsTests
{
    public static TheoryData<string> Kinds => ["classes", "values", "maps", "bytes", "bytes by place"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_shipped_set_is_the_set_to_the_bit(string kind)
    {
        DataSet data = kind switch
        {
            "classes" => Spirals.Generate(3, 5, 0.1f, seed: 1),
            "values" => Sine.Generate(7, 1, 0.1f, seed: 1),
            "bytes" => DataPair.Scaled(Glyphs.Generate(5, 0.1f, 1, seed: 1), null, Scaling.Standardize).Train,
            "bytes by place" => DataPair.Scaled(Glyphs.Generate(5, 0.1f, 1, seed: 1), null, Scaling.StandardizePerFeature).Train,
            _ => Scenes.Generate(4, 24, 3, 0.1f, seed: 1).WithScaler(Scaler.Unit),
        };
        var part = SampleRecords.Describe(data)!;
        var shipped = new ShippedDataSet(DataPart.Parser.ParseFrom(part.ToByteArray()), new MemorySamples());
        Assert.Equal((data.Count, data.SampleShape, data.Target), (shipped.Count, shipped.SampleShape, shipped.Target));
        Assert.Equal(data.Fingerprint, shipped.Fingerprint);
        Assert.Equal(kind is "maps" or "bytes", shipped.RecordBytes < sizeof(float) * data.SampleShape.SampleElements);

        int[] all = [.. Enumerable.Range(0, data.Count).Reverse()];
        var records = SampleRecords.Of(data, all);
        for (var i = 0; i < all.Length; i++) shipped.Write(all[i], records.AsSpan(i * shipped.RecordBytes, shipped.RecordBytes));
        Assert.Equal(Floats(data.CopyFeatures, data.SampleShape), Floats(shipped.CopyFeatures, data.SampleShape));
        Assert.Equal(Floats(data.CopyTargets, data.Target.Shape), Floats(shipped.CopyTargets, data.Target.Shape));

        int[] Floats(Action<ReadOnlySpan<int>, Span<float>> copy, Shape shape)
        {
            var floats = new float[all.Length * shape.SampleElements];
            copy(all, floats);
            return Array.ConvertAll(floats, BitConverter.SingleToInt32Bits);
        }
    }

    [Fact]
    public void Samples_that_fit_no_message_are_not_shipped()
    {
        var side = (int)Math.Sqrt(FrameLimits.MaxShippedBytes / sizeof(float)) + 1;
        Assert.Null(SampleRecords.Describe(new MemoryDataSet(new float[side * side], [0], new Shape(1, side, side), 1)));
    }

    [Theory]
    [InlineData("no samples")]
    [InlineData("an extent of 0")]
    [InlineData("an extent of 4294967295")]
    [InlineData("more elements than there are")]
    [InlineData("no classes")]
    [InlineData("a flat map")]
    [InlineData("no fingerprint")]
    [InlineData("half a palette")]
    [InlineData("a target of kind 9")]
    public void A_description_of_data_that_cannot_be_is_refused(string how)
    {
        var part = SampleRecords.Describe(Spirals.Generate(3, 5, 0.1f, seed: 1))!;
        switch (how)
        {
            case "no samples": part.Samples = 0; break;
            case "an extent of 0": part.Shape[0] = 0; break;
            case "an extent of 4294967295": part.Shape[0] = uint.MaxValue; break;
            case "more elements than there are": part.Shape.AddRange([60000, 60000]); break;
            case "no classes": part.Classes = 0; break;
            case "a flat map": (part.Target, part.Classes) = (DataPart.Types.Target.ClassMap, 2); part.TargetShape.Add(4); break;
            case "half a palette": part.Palette = ByteString.CopyFrom(new byte[512]); break;
            case "no fingerprint": part.Fingerprint = ByteString.Empty; break;
            default: part.Target = (DataPart.Types.Target)9; break;
        }
        var wrong = Assert.Throws<JobLoadException>(() => new ShippedDataSet(part, new MemorySamples()));
        Assert.StartsWith("the coordinator describes data that cannot be", wrong.Message, StringComparison.Ordinal);
    }
}
