using System.Text;
using Distributed.Jobs.Catalogs;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs;

/// <summary>The reference of job files, written from the <see cref="Catalog"/>: docs/jobs.md.</summary>
public static class JobsDocumentation
{
    private const string Introduction = """
        # Job files

        <!-- Written from src/Jobs/Catalogs by the tests of Distributed.Jobs; change it there. -->

        A job is a YAML file that says all that decides a run: the same job, seed and data give the same weights, to the bit.
        `examples/` holds some. Everything that is wrong with a file is reported at once, each with its line.

        ## How a kind is written

        Where a key wants one of several kinds (a layer, a loss, an optimizer), there are three forms:

        | form | example |
        |---|---|
        | the name alone: every key at its default | `relu` |
        | the name with its main value | `linear: 100` |
        | the name with its keys | `linear: {outputs: 100, init: he-normal}` |

        Anchors, aliases and tags are refused. Relative paths, those of `--set` too, begin at the job file's folder.

        ## Changing a value from outside

        `--set path=value` puts a value over the file; the value is YAML, the path is that of the key in the long form. The name of the
        kind that stands in the file may be left out:

        ```
        --set epochs=3
        --set optimizer.sgd.rate=0.1      --set optimizer.rate=0.1
        --set model[0].linear.outputs=50  --set model[0]=tanh
        --set data.folder=/data/mnist
        ```

        ## Equal jobs

        A job has one canonical form, with every default written out. Its SHA-256, without the keys marked * below, is the job's
        fingerprint: the keys marked * cannot change the answer of a run.

        """;

    public static string Markdown()
    {
        var text = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        text.Append("\n## Keys of a job\n\n");
        Keys(text, Catalog.Job);
        foreach (var family in Catalog.Families)
        {
            text.Append('\n').Append("## ").Append(Title(family.Plural)).Append('\n');
            foreach (var kind in family.Kinds)
            {
                text.Append("\n### ").Append(kind.Name).Append("\n\n").Append(kind.Summary).Append('\n');
                if (kind.Keys.Count == 0) continue;
                text.Append('\n');
                Keys(text, kind);
            }
        }
        return text.ToString();
    }

    private static void Keys(StringBuilder text, Kind kind)
    {
        text.Append("| key | value | default | meaning |\n|---|---|---|---|\n");
        foreach (var key in kind.Keys)
        {
            var notes = key.IsMain ? " The main value." : "";
            text.Append("| `").Append(key.Name).Append('`').Append(key.InAnswer ? "" : " *").Append(" | ")
                .Append(Cell(key.Type.Wanted)).Append(" | ").Append(Cell(Default(key))).Append(" | ")
                .Append(Cell(key.Summary + notes)).Append(" |\n");
        }
    }

    internal static string Default(Key key)
    {
        if (key.Required) return "needed";
        var node = key.Type.Write(key.Default, new CanonicalScope("", AnswerOnly: false));
        return node is ScalarNode { Text: "" } ? "" : $"`{YamlText.Flow(node)}`";
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Title(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
