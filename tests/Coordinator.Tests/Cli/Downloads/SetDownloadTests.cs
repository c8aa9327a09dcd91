using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Distributed.Coordinator.Cli.Downloads;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Tests.Cli.Downloads;

/// <summary>Downloads from a server on loopback: whole, interrupted, of something else.</summary>
public sealed class SetDownloadTests : IAsyncLifetime
{
    private const string Packed = "one.gz", Archive = "two.tar.gz";

    private static readonly byte[] One = Bytes(100_000, 1), Two = Bytes(5000, 2), Three = Bytes(70_000, 3);

    private readonly string _root = Directory.CreateTempSubdirectory("downloads-").FullName;
    private readonly Told _told = new();
    private readonly HttpClient _client = FileDownload.Client();
    private FileServer _server = null!;
    private PublishedSet _set = null!;

    private SetFolder Folder => new(Path.Combine(_root, "data", "set"));

    public async Task InitializeAsync()
    {
        _server = await FileServer.StartAsync();
        _server.Files[Packed] = Gzip(One);
        _server.Files[Archive] = Gzip(Tar(("in/two", Two), ("in/readme.html", [1, 2, 3]), ("../three", Three)));
        _set = new PublishedSet("set", "for tests", _server.Base,
            Published(Packed, Packing.Gzip, new UnpackedFile("one", One.Length)),
            Published(Archive, Packing.TarGzip, new UnpackedFile("two", Two.Length, "in/two"), new UnpackedFile("three", Three.Length, "../three")));
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_set_is_downloaded_compared_and_unpacked_and_the_next_time_nothing_is_asked_for()
    {
        Assert.Equal(2, await GetAsync());
        AssertWhole();
        Assert.Equal([Packed, Archive], _server.Asked);
        Assert.Contains("one.gz: 100 %", _told.ToString(), StringComparison.Ordinal);

        Assert.Equal(0, await GetAsync());
        Assert.Equal(2, _server.Asked.Count);
    }

    [Fact]
    public async Task What_is_damaged_or_missing_is_downloaded_again_and_nothing_else()
    {
        await GetAsync();
        File.WriteAllBytes(Path.Combine(Folder.Path, "three"), Bytes(Three.Length, 9));
        Assert.Equal(1, await GetAsync());
        AssertWhole();
        File.Delete(Path.Combine(Folder.Path, "one"));
        Assert.Equal(1, await GetAsync());
        AssertWhole();
        Assert.Equal([Packed, Archive, Archive, Packed], _server.Asked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_interrupted_download_is_gone_on_with_where_it_was_cut(bool hasRange)
    {
        (_server.CutsAfter, _server.CutsWhen) = (40_000, _told.Seen("one.gz: 25 %"));
        var lost = await Assert.ThrowsAsync<DownloadException>(GetAsync);
        Assert.Contains("bytes are here, and the same command goes on from there", lost.Message, StringComparison.Ordinal);
        var kept = new FileInfo(Folder.PartPlace(_set.Files[0])).Length;
        Assert.InRange(kept, _set.Files[0].Bytes / 4, 40_000);
        Assert.False(File.Exists(Path.Combine(Folder.Path, "one")));

        (_server.CutsAfter, _server.HasRange) = (null, hasRange);
        Assert.Equal(2, await GetAsync());
        AssertWhole();
        Assert.Equal([Packed, $"{Packed} from {kept}", Archive], _server.Asked);
    }

    [Fact]
    public async Task What_is_gone_on_with_and_was_of_something_else_is_downloaded_once_more()
    {
        Directory.CreateDirectory(Folder.Path);
        File.WriteAllBytes(Folder.PartPlace(_set.Files[0]), new byte[1000]);
        Assert.Equal(2, await GetAsync());
        AssertWhole();
        Assert.Equal([$"{Packed} from 1000", Packed, Archive], _server.Asked);
        Assert.Contains("the 1000 bytes that were here are of something else", _told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_that_is_whole_already_is_not_asked_for()
    {
        Directory.CreateDirectory(Folder.Path);
        File.WriteAllBytes(Folder.PartPlace(_set.Files[0]), _server.Files[Packed]);
        await GetAsync();
        AssertWhole();
        Assert.Equal([Archive], _server.Asked);
    }

    [Fact]
    public async Task Another_file_of_the_same_length_is_removed_and_both_sums_are_told()
    {
        var wrong = _server.Files[Packed].ToArray();
        wrong[500] ^= 1;
        _server.Files[Packed] = wrong;
        var sentence = (await Assert.ThrowsAsync<UserException>(GetAsync)).Message;
        Assert.Contains($"SHA-256 {_set.Files[0].Sha256} is wanted, {Sum(wrong)} came", sentence, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Theory]
    [InlineData(true, "bytes are wanted, the server has")]
    [InlineData(false, "bytes are wanted, the server sends more")]
    public async Task A_file_that_is_too_long_is_cut_off(bool tellsLength, string sentence)
    {
        _server.TellsLength = tellsLength;
        _server.Files[Packed] = [.. _server.Files[Packed], .. new byte[1_000_000]];
        Assert.Contains(sentence, (await Assert.ThrowsAsync<UserException>(GetAsync)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public async Task A_file_that_is_too_short_is_told_by_its_length()
    {
        _server.Files[Packed] = _server.Files[Packed][..1000];
        Assert.Contains("bytes are wanted, the server has 1000", (await Assert.ThrowsAsync<UserException>(GetAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_the_users_mistake_and_a_server_in_trouble_is_not()
    {
        _server.Status = 404;
        Assert.Equal($"{_server.Base}one.gz: the server answers 404 (Not Found); --from URL-BASE names another place", (await Assert.ThrowsAsync<UserException>(GetAsync)).Message);
        _server.Status = 503;
        Assert.Contains("the server answers 503 (Service Unavailable); try again later", (await Assert.ThrowsAsync<DownloadException>(GetAsync)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public async Task A_server_that_is_not_there_keeps_what_came()
    {
        Directory.CreateDirectory(Folder.Path);
        File.WriteAllBytes(Folder.PartPlace(_set.Files[0]), _server.Files[Packed][..1000]);
        await _server.DisposeAsync();
        var sentence = (await Assert.ThrowsAsync<DownloadException>(GetAsync)).Message;
        Assert.Contains($"1000 of {_set.Files[0].Bytes} bytes are here", sentence, StringComparison.Ordinal);
        Assert.Equal(1000, new FileInfo(Folder.PartPlace(_set.Files[0])).Length);
    }

    [Fact]
    public async Task A_file_of_the_user_is_never_written_over()
    {
        Directory.CreateDirectory(Folder.Path);
        var mine = Path.Combine(Folder.Path, "three");
        File.WriteAllText(mine, "mine");
        Assert.Equal($"{mine} is there already, and no download has put it there: move it away, or name another folder with --to FOLDER",
            (await Assert.ThrowsAsync<UserException>(GetAsync)).Message);
        Assert.Equal("mine", File.ReadAllText(mine));
        Assert.Empty(_server.Asked);
    }

    [Fact]
    public async Task Two_downloads_into_one_folder_do_not_meet()
    {
        Directory.CreateDirectory(Folder.Path);
        using var first = new FileStream(Folder.PartPlace(_set.Files[0]), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Assert.Contains("being used by another process", (await Assert.ThrowsAsync<DownloadException>(GetAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_that_does_not_hold_what_is_wanted_leaves_nothing_under_its_names()
    {
        _server.Files[Archive] = Gzip(Tar(("in/two", Two), ("in/three", Three)));
        _set = _set with { Files = [_set.Files[0], Published(Archive, Packing.TarGzip, [.. _set.Files[1].Contents])] };
        Assert.Contains("the archive has no file ../three", (await Assert.ThrowsAsync<Distributed.Engine.Data.DataException>(GetAsync)).Message, StringComparison.Ordinal);
        Assert.Equal(["SHA256SUMS", "one", "two.tar.gz.part"], Directory.GetFiles(Folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_bar_is_drawn_over_itself()
    {
        var progress = new DownloadProgress(_told, isTerminal: true, TimeProvider.System);
        progress.Begin("one.gz", _server.Base, 2_000_000, 0);
        progress.Advance(500_000);
        progress.Advance(2_000_000);
        progress.End();
        var lines = _told.ToString().Split('\r');
        Assert.Equal($"{_server.Base} (2.0 MB)", lines[0].TrimEnd('\n'));
        Assert.Contains("  25 % ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith(new string('━', 30) + " 100 % ", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_ends_too_soon_is_gone_on_with()
    {
        var all = _server.Files[Packed];
        (_server.Files[Packed], _server.TellsLength) = (all[..30_000], false);
        Assert.Contains($"the connection ended; 30000 of {all.Length} bytes are here", (await Assert.ThrowsAsync<DownloadException>(GetAsync)).Message, StringComparison.Ordinal);
        _server.Files[Packed] = all;
        await GetAsync();
        AssertWhole();
        Assert.Equal([Packed, $"{Packed} from 30000", Archive], _server.Asked);
    }

    private Task<int> GetAsync() =>
        new SetDownload(_client, TimeProvider.System, new DownloadProgress(_told, isTerminal: false, TimeProvider.System)).GetAsync(_set, _server.Base, Folder, default);

    private void AssertWhole()
    {
        Assert.Equal(["SHA256SUMS", "one", "three", "two"], Directory.GetFiles(Folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var (name, bytes) in new[] { ("one", One), ("two", Two), ("three", Three) })
        {
            Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(Folder.Path, name)));
            Assert.Contains($"{Sum(bytes)}  {name}\n", File.ReadAllText(Path.Combine(Folder.Path, "SHA256SUMS")), StringComparison.Ordinal);
        }
    }

    private PublishedFile Published(string name, Packing packing, params UnpackedFile[] contents) =>
        new(name, _server.Files[name].Length, Sum(_server.Files[name]), packing, contents);

    private static string Sum(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Bytes that do not shrink.</summary>
    private static byte[] Bytes(int count, byte seed)
    {
        var bytes = new List<byte>();
        for (var block = SHA256.HashData([seed]); bytes.Count < count; block = SHA256.HashData(block)) bytes.AddRange(block);
        return [.. bytes.Take(count)];
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest)) zip.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Tar(params (string Name, byte[] Bytes)[] files)
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
            foreach (var (name, bytes) in files)
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
        return archive.ToArray();
    }

    /// <summary>What was told, and a task for when something of it was.</summary>
    private sealed class Told : StringWriter
    {
        private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private string? _wanted;

        public Task Seen(string line)
        {
            _wanted = line;
            return _seen.Task;
        }

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value == _wanted) _seen.TrySetResult();
        }
    }
}
