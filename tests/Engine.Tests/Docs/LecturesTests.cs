using System.Text.RegularExpressions;

namespace Distributed.Engine.Tests.Docs;

public partial class LecturesTests
{
    [Fact]
    public void Every_file_of_the_table_is_there()
    {
        var root = Root();
        var rows = File.ReadLines(Path.Combine(root, "docs", "lectures.md")).Where(line => line.StartsWith('|')).ToArray();
        Assert.True(rows.Length > 60, $"{rows.Length} rows");
        var missing = new List<string>();
        foreach (var cells in rows.Select(row => row.Split('|')))
        {
            Check(cells[2], Path.Combine(root, "src", "Engine"));
            Check(cells[3], Path.Combine(root, "tests", "Engine.Tests"));
        }
        Assert.Empty(missing);

        void Check(string cell, string folder)
        {
            foreach (Match match in Code().Matches(cell))
            {
                var path = match.Groups[1].Value;
                if (!File.Exists(Path.Combine(folder, path)) && !File.Exists(Path.Combine(root, path))) missing.Add(path);
            }
        }
    }

    private static string Root()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (Directory.Exists(Path.Combine(folder, "examples"))) return folder;
        throw new DirectoryNotFoundException($"no repository above {AppContext.BaseDirectory}");
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
