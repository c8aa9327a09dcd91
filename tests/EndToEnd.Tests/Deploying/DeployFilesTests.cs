using System.Text.RegularExpressions;
using Distributed.EndToEnd.Tests.Driving;
using YamlDotNet.RepresentationModel;

namespace Distributed.EndToEnd.Tests.Deploying;

/// <summary>What lies under <c>deploy</c> and <c>checks</c> is well formed, and asks our executable for nothing that it does not know.</summary>
public sealed class DeployFilesTests
{
    private static readonly string Deploy = Path.Combine(Script.Root, "deploy");

    public static TheoryData<string> Scripts => [.. Files("checks", "*").Concat(Files("deploy", "*-cluster")).Concat(Files("deploy/lib", "*.sh"))
        .Concat(Files("deploy/slurm", "*.sbatch"))];

    public static TheoryData<string> Units => [.. Files("deploy/systemd", "*.service")];

    public static TheoryData<string> Manifests => [.. Files("deploy/kubernetes", "*.yaml").Concat(Files("deploy/docker", "*.yaml"))];

    public static TheoryData<string, int> WithCommandLines => new()
    {
        { "deploy/systemd/distributed-coordinator.service", 1 },
        { "deploy/systemd/distributed-worker@.service", 1 },
        { "deploy/docker/compose.yaml", 2 },
        { "deploy/kubernetes/coordinator.yaml", 1 },
        { "deploy/kubernetes/workers.yaml", 1 },
        { "deploy/slurm/train.sbatch", 2 },
        { "deploy/ssh-cluster", 2 },
        { "deploy/netns-cluster", 3 },
        { "checks/kill-marathon", 2 },
    };

    [SkippableTheory]
    [MemberData(nameof(Scripts))]
    public async Task A_script_is_well_formed(string path)
    {
        await Commands.SucceedAsync("bash", "-n", Path.Combine(Script.Root, path));
        await Commands.SucceedAsync("shellcheck", "--external-sources", Path.Combine(Script.Root, path));
    }

    /// <param name="count">Command lines of ours in it: a file in which none was found would prove nothing.</param>
    [Theory]
    [MemberData(nameof(WithCommandLines))]
    public async Task Only_options_are_used_that_exist(string path, int count)
    {
        var text = File.ReadAllText(Path.Combine(Script.Root, path));

        var lines = (path.EndsWith(".yaml", StringComparison.Ordinal) ? CommandLines.InYaml(text) : CommandLines.InText(text)).ToArray();

        Assert.Equal(count, lines.Length);
        foreach (var line in lines)
        {
            var known = await CommandLines.OptionsOfAsync(line[0]);
            var used = line.Where(word => word.StartsWith("--", StringComparison.Ordinal)).ToArray();
            Assert.NotEmpty(used);
            Assert.All(used, option => Assert.Contains(option, known));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Units))]
    public async Task A_unit_is_well_formed(string path)
    {
        using var folder = new Folder();
        var there = Path.Combine(AppContext.BaseDirectory, "Distributed.Coordinator");
        var text = File.ReadAllText(Path.Combine(Script.Root, path));
        Assert.Contains("/opt/distributed/Distributed.Coordinator ", text, StringComparison.Ordinal);
        var unit = folder.Write(Path.GetFileName(path),
            text.Replace("/opt/distributed/Distributed.Coordinator", there, StringComparison.Ordinal));

        var errors = await Commands.SucceedAsync("systemd-analyze", "verify", "--man=no", unit);

        Assert.DoesNotContain("Unknown", errors, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void A_manifest_is_yaml_whose_keys_are_said_once(string path)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(Path.Combine(Script.Root, path)))); // a key said twice: YamlException

        Assert.All(stream.Documents, document => Assert.NotEmpty(Assert.IsType<YamlMappingNode>(document.RootNode).Children));
    }

    [SkippableFact]
    public async Task Kustomize_makes_one_cluster_of_the_manifests()
    {
        using var folder = new Folder();
        foreach (var path in Directory.GetFiles(Path.Combine(Deploy, "kubernetes"))) File.Copy(path, folder[Path.GetFileName(path)]);
        File.Delete(folder["job.yaml"]);
        folder.Write("job.yaml", TestJobs.Tiny);
        folder.Write("secret", "a secret of some length");

        await Commands.SucceedAsync("kubectl", "kustomize", folder.Path, "--output", folder["all.yaml"]);

        var all = File.ReadAllText(folder["all.yaml"]);
        string[] kinds = ["Namespace", "ConfigMap", "Secret", "Service", "PersistentVolumeClaim", "Job", "StatefulSet", "NetworkPolicy"];
        foreach (var kind in kinds)
            Assert.Contains($"\nkind: {kind}\n", all, StringComparison.Ordinal);
        Assert.Matches(@"configMap:\s+name: job-\w+", all); // the generated name has reached the pods
        Assert.Matches(@"secretName: secret-\w+", all);
    }

    [Fact]
    public void The_image_is_built_from_what_is_there()
    {
        var text = File.ReadAllText(Path.Combine(Deploy, "docker", "Dockerfile"));

        var copied = Regex.Matches(text, @"^COPY (?!--from)(.+) \S+$", RegexOptions.Multiline)
            .SelectMany(match => match.Groups[1].Value.Split(' ')).ToArray();
        Assert.Contains("src", copied);
        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(Script.Root, path)), path));
        var kept = File.ReadAllLines(Path.Combine(Deploy, "docker", "Dockerfile.dockerignore"))
            .Where(line => line.StartsWith('!')).Select(line => line[1..]);
        Assert.Equal(copied.Order(StringComparer.Ordinal), kept.Order(StringComparer.Ordinal));
        Assert.All(Regex.Matches(text, @"^FROM (\S+)", RegexOptions.Multiline), from =>
            Assert.StartsWith("mcr.microsoft.com/dotnet/", from.Groups[1].Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_way_has_its_section()
    {
        var page = File.ReadAllText(Path.Combine(Script.Root, "docs", "deploy.md"));

        Assert.All(Directory.GetFileSystemEntries(Deploy).Select(path => Path.GetFileName(path)!).Where(name => name != "lib"),
            name => Assert.Contains($"deploy/{name}", page, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.GetFiles(Path.Combine(Script.Root, folder), pattern)
            .Select(path => Path.GetRelativePath(Script.Root, path)).Order(StringComparer.Ordinal);
}
