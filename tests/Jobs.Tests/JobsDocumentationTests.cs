using Distributed.Jobs.Catalogs;

namespace Distributed.Jobs.Tests;

public class JobsDocumentationTests
{
    /// <summary>Set to 1 to write docs/jobs.md anew instead of comparing.</summary>
    private const string Rewrite = "DISTRIBUTED_REWRITE";

    [Fact]
    public void The_reference_in_docs_is_the_catalogs()
    {
        if (Environment.GetEnvironmentVariable(Rewrite) == "1") File.WriteAllText(TestFiles.Documentation, JobsDocumentation.Markdown());
        Assert.True(File.ReadAllText(TestFiles.Documentation) == JobsDocumentation.Markdown(),
            $"docs/jobs.md is not what the catalog says; run the tests with {Rewrite}=1 and look at the difference");
    }

    [Fact]
    public void Every_kind_and_key_has_a_name_that_yaml_reads_plainly_and_a_sentence()
    {
        foreach (var kind in Catalog.Families.SelectMany(family => family.Kinds).Append(Catalog.Job))
        {
            Assert.Matches("^[a-z][a-z0-9-]*$", kind.Name);
            Assert.EndsWith(".", kind.Summary, StringComparison.Ordinal);
            foreach (var key in kind.Keys)
            {
                Assert.Matches("^[a-z][a-z0-9_]*$", key.Name);
                Assert.EndsWith(".", key.Summary, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Names_are_unique_and_no_key_is_named_as_a_kind_beside_it()
    {
        // --set finds data.folder in data.idx.folder only while no kind of data is called folder.
        foreach (var family in Catalog.Families)
        {
            var names = family.Kinds.Select(kind => kind.Name).ToList();
            Assert.Equal(names.Count, names.Distinct().Count());
            foreach (var kind in family.Kinds)
            {
                var keys = kind.Keys.Select(key => key.Name).ToList();
                Assert.Equal(keys.Count, keys.Distinct().Count());
                if (family != Catalog.TestParts) Assert.Empty(keys.Intersect(names));
            }
        }
    }
}
