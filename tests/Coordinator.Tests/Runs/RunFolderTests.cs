using Distributed.Coordinator.Cli.Commands;
using Distributed.Coordinator.Runs;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 6, 12, 0, 7, TimeSpan.Zero);

    private readonly TempFolder _parent = new();

    [Fact]
    public void Two_runs_of_one_second_have_folders_of_their_own()
    {
        string[] names = [.. Enumerable.Range(0, 3).Select(_ => RunFolder.Create(_parent.Path, "spiral", null, Noon).Name)];
        Assert.Equal(["spiral-20260506-120007", "spiral-20260506-120007-2", "spiral-20260506-120007-3"], names);
        Assert.Empty(RunFolder.All(_parent.Path)); // none has begun
        foreach (var name in names)
        {
            var run = RunFolder.Find(_parent.Path, name);
            Info(run, run.Checkpoints).Write(run);
        }
        Assert.Equal(names, RunFolder.All(_parent.Path).Select(run => run.Name));
    }

    [Fact]
    public void A_job_may_be_called_anything() =>
        Assert.Equal("-my-job---etc-20260506-120007", RunFolder.Create(_parent.Path, "../my job: /etc"[2..], null, Noon).Name);

    [Theory]
    [InlineData("../above")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("")]
    public void A_name_that_leads_elsewhere_is_refused(string name)
    {
        var wrong = Assert.Throws<UserException>(() => RunFolder.Create(_parent.Path, "job", name, Noon));
        Assert.Contains("wanted 1 to 100 letters", wrong.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_parent.Path));
    }

    [Fact]
    public void A_name_that_is_taken_is_refused_and_nothing_is_lost()
    {
        File.WriteAllText(RunFolder.Create(_parent.Path, "job", "mine", Noon).InfoFile, "kept");
        var wrong = Assert.Throws<UserException>(() => RunFolder.Create(_parent.Path, "job", "mine", Noon));
        Assert.Contains("--resume mine", wrong.Message, StringComparison.Ordinal);
        Assert.Equal("kept", File.ReadAllText(RunFolder.Find(_parent.Path, "mine").InfoFile));
    }

    [Fact]
    public void A_run_is_found_by_its_name_and_by_its_folder()
    {
        var made = RunFolder.Create(_parent.Path, "job", "mine", Noon);
        Info(made, null).Write(made);
        Assert.Equal(made.Path, RunFolder.Find(_parent.Path, "mine").Path);
        Assert.Equal(made.Path, RunFolder.Find("elsewhere", made.Path + "/").Path);
        var wrong = Assert.Throws<UserException>(() => RunFolder.Find(_parent.Path, "yours"));
        Assert.Contains("whose latest is mine", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoints_are_those_of_the_run_that_wrote_them_wherever_they_lie()
    {
        var inside = RunFolder.Create(_parent.Path, "job", "inside", Noon);
        Info(inside, null).Write(inside);
        var outside = RunFolder.Create(_parent.Path, "job", "outside", Noon);
        Info(outside, _parent["far"]).Write(outside);
        var request = new RunsRequest(_parent.Path, null);
        Assert.Equal("inside", request.GoingOnFrom(inside.Checkpoints).Existing!.Name);
        Assert.Equal("outside", request.GoingOnFrom(_parent["far"] + "/").Existing!.Name);
        Assert.Null(request.GoingOnFrom(_parent["farther"]).Existing);
    }

    [Fact]
    public void Checkpoints_are_found_from_another_folder()
    {
        var run = RunFolder.Create(_parent.Path, "job", "mine", Noon);
        Assert.Equal(run.Checkpoints, (Info(run, null) with { Folder = _parent["begun"] }).CheckpointsOf(run));
        Assert.Equal(_parent["begun/out"], (Info(run, "out") with { Folder = _parent["begun"] }).CheckpointsOf(run)); // as it was written there
        Assert.Equal(run.Checkpoints, (Info(run, "out") with { Folder = "nowhere" }).CheckpointsOf(run));
    }

    [Fact]
    public void A_file_is_no_folder_of_runs()
    {
        File.WriteAllText(_parent["file"], "kept");
        foreach (var wrong in (Action[])[() => RunFolder.All(_parent["file"]), () => RunFolder.Create(_parent["file"], "job", null, Noon)])
            Assert.Contains("is a file; the folder of all runs is wanted", Assert.Throws<UserException>(wrong).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_cannot_be_read_does_not_hide_the_others()
    {
        foreach (var (name, fingerprint) in (ReadOnlySpan<(string, string?)>)[("one", null), ("two", "4c"), ("odd", null)])
        {
            var run = RunFolder.Create(_parent.Path, "job", name, Noon);
            (Info(run, run.Checkpoints) with { Fingerprint = fingerprint }).Write(run);
            if (name == "odd") File.WriteAllText(run.InfoFile, "{");
        }
        List<string> problems = [];
        var lines = RunsCommand.Lines(_parent.Path, problems);
        Assert.Equal(3, lines.Count); // a head, and two of three
        Assert.Contains(lines, line => line.EndsWith(" 4c", StringComparison.Ordinal));
        Assert.Contains("odd", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_run_is_told_with_its_file()
    {
        var folder = RunFolder.Create(_parent.Path, "job", "odd", Noon);
        foreach (var text in (string[])["", "{}", "[1]", "{\"job\": 1}", "{\"job\": \"x\", \"state\": \"running\", \"command\": []}"])
        {
            File.WriteAllText(folder.InfoFile, text);
            Assert.Contains(folder.InfoFile, Assert.Throws<UserException>(() => RunInfo.Read(folder)).Message, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _parent.Dispose();

    private static RunInfo Info(RunFolder folder, string? checkpoints) => new("job", "00", "done", Noon, ["train"], folder.Path, "host/1", checkpoints);
}
