using Distributed.Actors.Sharing;

namespace Distributed.Actors.Tests.Sharing;

/// <summary>Memory that is filled once and then read by others. Only on systems that have it.</summary>
public sealed class LentFileTests
{
    [Fact]
    public void It_is_opened_by_its_place_once_it_is_sealed_and_never_changes_after_that()
    {
        if (!LentFile.IsPossible) return;
        using var file = LentFile.Create("test");
        RandomAccess.Write(file.Handle, [1, 2, 3], 0);
        Assert.Contains("not sealed", Assert.Throws<IOException>(() => LentFile.Open(file.Place)).Message, StringComparison.Ordinal);

        file.Seal();

        using var read = LentFile.Open(file.Place);
        var bytes = new byte[4];
        Assert.Equal(3, RandomAccess.Read(read, bytes, 0));
        Assert.Equal([1, 2, 3, 0], bytes);
        Assert.ThrowsAny<Exception>(() => RandomAccess.Write(file.Handle, [9], 0));
        Assert.ThrowsAny<Exception>(() => RandomAccess.SetLength(file.Handle, 1));
        Assert.ThrowsAny<Exception>(() => RandomAccess.SetLength(file.Handle, 9));
        Assert.Throws<IOException>(file.Seal);
    }

    [Fact]
    public void It_outlives_who_made_it_for_those_who_have_opened_it()
    {
        if (!LentFile.IsPossible) return;
        var file = LentFile.Create("test");
        RandomAccess.Write(file.Handle, [1, 2, 3], 0);
        file.Seal();
        using var read = LentFile.Open(file.Place);
        var place = file.Place;

        file.Dispose();

        Assert.Equal(3, RandomAccess.GetLength(read));
        Assert.Throws<IOException>(() => LentFile.Open(place));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1:2:3")]
    [InlineData("-1:2")]
    [InlineData("../1:2")]
    [InlineData("99999999999999999999999:2")]
    [InlineData("1:99999999999")]
    public void What_is_no_place_is_refused(string place) =>
        Assert.Contains("PROCESS:FILE", Assert.Throws<IOException>(() => LentFile.Open(place)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_no_memory_of_ours_is_not_opened()
    {
        if (!LentFile.IsPossible) return;
        Assert.Contains("no memory of a node", Assert.Throws<IOException>(() => LentFile.Open($"{Environment.ProcessId}:0")).Message, StringComparison.Ordinal);
    }
}
