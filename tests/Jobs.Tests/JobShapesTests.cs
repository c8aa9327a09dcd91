using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Engine.Layers;

namespace Distributed.Jobs.Tests;

public class JobShapesTests
{
    private const string Images = """
        data: {idx: {folder: data/mnist}}
        model:
          - relu
          - linear: 20
          - relu
          - linear: 3
        loss: squared
        optimizer: {sgd: 1}
        batch: 1
        epochs: 1
        """;

    [Fact]
    public void Layers_that_do_not_fit_are_all_told_with_their_lines()
    {
        var problems = JobShapes.Check(TestJobs.Read(Images), new Shape(1, 28, 28), new ClassTarget(10));
        Assert.Equal("""
            job.yaml, line 4, model[1].linear: input has shape [1, 28, 28]; put a flatten before it
            job.yaml, line 6, model[3].linear: the model's output has shape [3], but the data has 10 classes: [10] is wanted
            """, string.Join('\n', problems));
    }

    [Fact]
    public void A_model_that_fits_has_no_problems()
    {
        var text = Images.Replace("  - relu\n  - linear: 20", "  - flatten\n  - linear: 20", StringComparison.Ordinal);
        Assert.Empty(JobShapes.Check(TestJobs.Read(text, "model[3]={linear: 10}"), new Shape(1, 28, 28), new ClassTarget(10)));
    }

    [Fact]
    public void Generated_data_is_checked_when_the_job_is_read()
    {
        Assert.Equal("job.yaml, line 6, model[2].linear: the model's output has shape [3], but the data has 4 classes: [4] is wanted",
            TestJobs.Problems(TestJobs.Spiral, "data.arms=4"));
        Assert.Equal("--set model[2].linear=7, model[2].linear: the model's output has shape [7], but the data has 3 classes: [3] is wanted",
            TestJobs.Problems(TestJobs.Spiral, "model[2].linear=7"));
    }

    [Fact]
    public void A_model_of_too_many_parameters_is_told_where_it_grows_too_large()
    {
        Assert.Equal("job.yaml, line 6, model[3].linear: with this layer the model has more than 2^31 parameters",
            TestJobs.Problems("""
                data: xor
                model:
                  - linear: 1000000
                  - linear: 1000
                  - linear: 1000000
                  - linear: 2000
                  - linear: 2
                loss: squared
                optimizer: {sgd: 1}
                batch: 1
                epochs: 1
                """));
    }

    [Fact]
    public void A_job_built_in_code_has_paths_but_no_lines()
    {
        var job = TestJobs.SpiralInCode with { Model = new Sequential(new Linear(4)) };
        var problem = Assert.Single(JobShapes.Check(job, new Shape(2), new ClassTarget(3)));
        Assert.Equal("model[0].linear: the model's output has shape [4], but the data has 3 classes: [3] is wanted", problem.ToString());
    }

    [Fact]
    public void A_model_put_in_the_stead_of_the_texts_has_no_lines_of_the_text()
    {
        var job = TestJobs.Read(TestJobs.Spiral) with { Model = new Sequential(new Linear(4)) };
        Assert.Equal(0, Assert.Single(JobShapes.Check(job, new Shape(2), new ClassTarget(3))).Line);
    }
}
