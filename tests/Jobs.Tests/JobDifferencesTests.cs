using Distributed.Engine.Layers;
using Distributed.Engine.Optimizers;

namespace Distributed.Jobs.Tests;

public class JobDifferencesTests
{
    private const string Text = """
        name: one
        data: {spiral: {points: 15}}
        model: [{linear: 16}, tanh, {linear: 3}]
        loss: softmax-cross-entropy
        optimizer: {sgd: {rate: 0.5, momentum: 0.9}}
        batch: 20
        epochs: 4
        """;

    [Theory]
    [InlineData("epochs=5", "epochs", "5", "4")]
    [InlineData("model[0].linear=20", "model[0].linear.outputs", "20", "16")]
    [InlineData("model[1]=relu", "model[1]", "relu", "tanh")]
    [InlineData("data.points=16", "data.spiral.points", "16", "15")]
    [InlineData("optimizer={adam: {rate: 0.5}}", "optimizer", "adam", "sgd")]
    [InlineData("model=[{linear: 3}]", "model", "linear 3", "linear 16, tanh, linear 3")]
    [InlineData("model=[{residual: {body: [{linear: 2}, relu]}}, {dropout: 0.5}, flatten, {linear: 3}]", "model", "residual (linear 2, relu), dropout 0.5, flatten, linear 3", "linear 16, tanh, linear 3")]
    [InlineData("model=[{linear: 64}, relu, {linear: 64}, relu, {linear: 64}, relu, {linear: 64}, relu, {linear: 64}, relu, {linear: 3}]", "model",
        "linear 64, relu, linear 64, relu, linear 64, relu, linear 64… (11 in all)", "linear 16, tanh, linear 3")]
    [InlineData("clip_norm=1", "clip_norm", "1", "none")]
    [InlineData("regularizer={l2: {strength: 0.5}}", "regularizer", "l2", "none")]
    [InlineData("on_nan=skip", "on_nan", "skip", "stop")]
    [InlineData("optimizer.nesterov=true", "optimizer.sgd.nesterov", "true", "false")]
    public void A_key_is_named_with_both_values(string change, string path, string here, string there) =>
        Assert.Equal([new JobDifference(path, here, there)], JobDifferences.Between(Read(change), Read()));

    [Fact]
    public void All_of_them_in_the_order_of_a_job() =>
        Assert.Equal(["data.spiral.points", "optimizer.sgd.rate", "optimizer.sgd.momentum", "batch", "epochs"],
            JobDifferences.Between(Read("epochs=5", "batch=10", "optimizer.momentum=0", "optimizer.rate=1", "data.points=9"), Read()).Select(key => key.Path));

    [Theory]
    [InlineData("name=other")]
    [InlineData("checkpoint={every: 3}")]
    public void What_does_not_change_the_answer_is_no_difference(string change)
    {
        Assert.Equal(Read().Fingerprint, Read(change).Fingerprint);
        Assert.Empty(JobDifferences.Between(Read(change), Read()));
    }

    private static Job Read(params string[] changes) => JobReader.Read(Text, "test", changes).GetOrThrow();
}
