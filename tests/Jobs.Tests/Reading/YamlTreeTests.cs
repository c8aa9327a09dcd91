using System.Text;

namespace Distributed.Jobs.Tests.Reading;

public class YamlTreeTests
{
    [Theory]
    [InlineData("name: [a", "line 2: not valid YAML: ")]
    [InlineData("name: a\n  seed: 3\n", "line 2: not valid YAML: ")]
    [InlineData("a: b: c", "line 1: not valid YAML: ")]
    [InlineData("name: \"a", "line 1: not valid YAML: ")]
    [InlineData("model:\n\t- relu", "line 1: not valid YAML: ")]
    [InlineData("name: a\n---\nname: b\n", "line 2: a second document begins here; one is wanted")]
    [InlineData("name: &x a\nseed: *x", "line 1: anchor &x is refused: a job writes each value where it stands")]
    [InlineData("seed: *x", "line 1: alias *x is refused: a job writes each value where it stands")]
    [InlineData("name: a\nseed: !!int 3", "line 2: tag tag:yaml.org,2002:int is refused: a job's keys have their types already")]
    [InlineData("name: a\n[1, 2]: 3", "line 2: a key is a word, not a list or a mapping")]
    [InlineData("model: [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", "line 1: nested deeper than 16 levels")]
    public void Text_that_is_no_job_gives_one_problem_with_its_line(string text, string problem)
    {
        var only = Assert.Single(JobReader.Read(text, "job.yaml").Problems);
        Assert.StartsWith($"job.yaml, {problem}", only.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_too_long_is_refused_before_it_is_parsed()
    {
        var text = "# " + new string('ä', JobLimits.MaxTextBytes / 2) + "\n";
        Assert.Equal($"job.yaml: the text has {JobLimits.MaxTextBytes + 3} bytes; at most {JobLimits.MaxTextBytes} are read",
            TestJobs.Problems(text));
    }

    [Fact]
    public void Too_many_values_are_refused()
    {
        var text = $"model: [{string.Join(',', Enumerable.Repeat("1", JobLimits.MaxNodes))}]";
        Assert.Equal("job.yaml, line 1: more than 20000 values; a job has at most that many", TestJobs.Problems(text));
    }

    [Fact]
    public void Any_text_gives_problems_and_never_an_exception()
    {
        const int seed = 1;
        const string pieces = "abc019:,-[]{}\"'&*!|>%@`#?~. \n\t\\\0\u0085\u2028\ud800é";
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var text = new StringBuilder(i % 2 == 0 ? TestJobs.Spiral : "");
            for (var edits = random.Next(1, 12); edits > 0; edits--)
                text.Insert(random.Next(text.Length + 1), pieces[random.Next(pieces.Length)]);
            var result = JobReader.Read(text.ToString(), "job.yaml");
            Assert.True(result.Job is null == !result.Problems.IsEmpty, $"seed {seed}, text {i}:\n{text}");
        }
    }
}
