using Distributed.Engine.Checkpoints;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("step-00001234.safetensors");

    [Fact]
    public void Everything_comes_back_to_the_bit()
    {
        var checkpoint = Samples.Make();
        checkpoint.Save(Path);
        var loaded = Checkpoint.Load(Path);
        Samples.AssertSame(checkpoint, loaded);
        Assert.Equal(Path, loaded.Path);
        Assert.Equal(Fingerprint.Of(checkpoint.Weights), loaded.WeightsFingerprint);
    }

    [Fact]
    public void An_optimizer_without_state_comes_back_too()
    {
        var checkpoint = Samples.Make(optimizer: new Sgd(0.1f)) with
        {
            Progress = new CheckpointProgress(0, 0, 0, default, [], 0, 0, 0),
            JobText = "",
        };
        checkpoint.Save(Path);
        Samples.AssertSame(checkpoint, Checkpoint.Load(Path));
    }

    [Fact]
    public void Parameters_and_state_are_tensors_of_their_own()
    {
        Samples.Make().Save(Path);
        Assert.Equal(["linear1.weight", "linear1.bias", "scale", "optimizer.momentum/linear1.weight", "optimizer.momentum/linear1.bias",
            "optimizer.momentum/scale"], SafeTensorsFile.Read(Path).Tensors.Select(tensor => tensor.Name));
    }

    [Fact]
    public void Doubles_keep_their_bits()
    {
        var (seed, random) = (3UL, new Engine.Randomness.RandomStream(3, Engine.Randomness.RandomPurpose.Test));
        var numbers = new List<double>();
        while (numbers.Count < 500)
        {
            var x = BitConverter.UInt64BitsToDouble((ulong)random.NextUInt32() << 32 | random.NextUInt32());
            if (!double.IsNaN(x)) numbers.Add(x);
        }
        var checkpoint = Samples.Make();
        numbers.AddRange([-0.0, double.PositiveInfinity]);
        (checkpoint with
        {
            Progress = checkpoint.Progress with { Epochs = [.. numbers.Select((x, i) => new EpochResult(i, x, null, x, null))] },
        }).Save(Path);
        double[] back = [.. Checkpoint.Load(Path).Progress.Epochs.Select(epoch => epoch.TestLoss!.Value)];
        for (var i = 0; i < numbers.Count; i++)
            Assert.True(BitConverter.DoubleToInt64Bits(numbers[i]) == BitConverter.DoubleToInt64Bits(back[i]), $"seed {seed}: {numbers[i]:R}");
        Assert.True(double.IsNegative(back[^2]) && double.IsPositiveInfinity(back[^1]));
    }

    [Fact]
    public void It_fits_the_model_it_came_from()
    {
        Samples.Make().Save(Path);
        var layout = Samples.Layout();
        Assert.Same(layout, Checkpoint.Load(Path).Fit(layout, Samples.Momentum).Parameters);
    }

    [Fact]
    public void Another_model_is_met_with_the_first_tensor_that_differs()
    {
        var checkpoint = Samples.Make() with { Path = "x" };
        Assert.Equal("x is of another model: the model has \"linear1.weight\" [4, 2], the checkpoint has \"linear1.weight\" [3, 2] (parameter 0)",
            Refused(Samples.Layout(hidden: 4)));
        var layout = Samples.Layout();
        Assert.Contains("the model has none, the checkpoint has \"scale\" []", Refused(new(layout.Slices[..2])));
        Assert.Contains("the model has \"more\" [1], the checkpoint has none",
            Refused(new([.. layout.Slices, layout.Slices[2] with { Name = "more", Shape = new Shape(1), Offset = layout.Count }])));
        Assert.Contains("the model has \"other\" [3], the checkpoint has \"linear1.bias\" [3] (parameter 1)",
            Refused(new(layout.Slices.SetItem(1, layout.Slices[1] with { Name = "other" }))));
        Assert.Equal("x is of another optimizer: the job's keeps no state, the checkpoint has momentum",
            Assert.Throws<CheckpointException>(() => checkpoint.Fit(layout, new Sgd(1))).Message);
        string Refused(Engine.Graphs.ParameterLayout wanted) =>
            Assert.Throws<CheckpointException>(() => checkpoint.Fit(wanted, Samples.Momentum)).Message;
    }

    [Theory]
    [InlineData("format", "other", "format \"distributed checkpoint 2\" is wanted, got \"other\"")]
    [InlineData("format", null, "there is no metadata \"format\"")]
    [InlineData("step", "-1", "metadata \"step\" is a whole number from 0 to")]
    [InlineData("epoch", "4000000000", "metadata \"epoch\" is a whole number from 0 to 2147483647")]
    [InlineData("epoch_loss", "much", "metadata \"epoch_loss\" holds numbers, got \"much\"")]
    [InlineData("loss_history", "1 2 x", "metadata \"loss_history\" holds numbers, got \"x\"")]
    [InlineData("weights_fingerprint", "00", "the weights' fingerprint is ")]
    [InlineData("parameter_roles", "weight bias", "3 parameters want as many roles, got 2")]
    [InlineData("parameter_roles", "weight bias other", "a role is weight, bias, norm or statistic, got \"other\"")]
    [InlineData("skipped_steps", "7 6", "metadata \"skipped_steps\" holds numbers below 1234 in order, got \"7 6\"")]
    [InlineData("skipped_steps", "0-9223372036854775807", "holds numbers below 1234")]
    [InlineData("optimizer_states", "", "want 3 tensors, got 6")]
    [InlineData("optimizer_states", "momentum second", "3 parameters with 2 state vectors want 9 tensors, got 6")]
    [InlineData("optimizer_states", "second", "there is no tensor \"optimizer.second/linear1.weight\"")]
    public void Whole_files_that_say_something_wrong_are_refused(string key, string? value, string sentence)
    {
        var (tensors, metadata) = CheckpointFormat.Write(Samples.Make());
        metadata.Remove(key);
        if (value is not null) metadata.Add(key, value);
        SafeTensorsFile.Write(Path, tensors, metadata);
        Assert.Contains(sentence, Assert.Throws<CheckpointException>(() => Checkpoint.Load(Path)).Message);
    }

    [Fact]
    public void A_file_from_before_steps_were_skipped_says_that_none_were()
    {
        var (tensors, metadata) = CheckpointFormat.Write(Samples.Make());
        Assert.True(metadata.Remove("skipped_steps"));
        SafeTensorsFile.Write(Path, tensors, metadata);
        Assert.Equal(0, Checkpoint.Load(Path).Progress.SkippedSteps.Count);
    }

    [Fact]
    public void Weights_that_do_not_fit_the_layout_are_not_written()
    {
        Assert.Throws<ArgumentException>(() => (Samples.Make() with { Weights = new float[3] }).Save(Path));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }
}
