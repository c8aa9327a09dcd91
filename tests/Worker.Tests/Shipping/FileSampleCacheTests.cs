using Distributed.Worker.Shipping;

namespace Distributed.Worker.Tests.Shipping;

public sealed class FileSampleCacheTests : IDisposable
{
    private const int RecordBytes = 100, Samples = 10;

    private static readonly byte[] Fingerprint = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly string _folder = Directory.CreateTempSubdirectory("sample-cache-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_written_is_held_when_it_is_opened_again()
    {
        var store = Open();
        Assert.Empty(store.Held);
        foreach (var sample in new[] { 7, 0, 3 }) store.Write(sample, Record(sample));

        var again = Open();
        Assert.Equal([0, 3, 7], again.Held);
        var record = new byte[RecordBytes];
        again.Read(3, record);
        Assert.Equal(Record(3), record);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(RecordBytes - 1)]
    [InlineData(RecordBytes)]
    [InlineData(RecordBytes + 31)]
    public void A_slot_with_a_wrong_byte_is_not_held(int place)
    {
        var store = Open();
        for (var sample = 0; sample < 3; sample++) store.Write(sample, Record(sample));
        var file = Directory.GetFiles(_folder).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[RecordBytes + 32 + place] ^= 1;
        File.WriteAllBytes(file, bytes);

        Assert.Equal([0, 2], Open().Held);
    }

    [Fact]
    public void A_slot_that_is_cut_short_or_is_of_another_sample_is_not_held()
    {
        var store = Open();
        for (var sample = 0; sample < 3; sample++) store.Write(sample, Record(sample));
        var file = Directory.GetFiles(_folder).Single();
        var bytes = File.ReadAllBytes(file);
        var slot = RecordBytes + 32;
        File.WriteAllBytes(file, [.. bytes[slot..(2 * slot)], .. bytes[slot..(2 * slot)], .. bytes[(2 * slot)..^1]]);

        Assert.Equal([1], Open().Held);
    }

    [Fact]
    public void Other_data_has_another_file()
    {
        Open().Write(0, Record(0));
        byte[] other = [9, .. Fingerprint[1..]];
        Assert.Empty(new FileSampleCache(_folder).Open(other, Samples, RecordBytes).Held);
        Assert.Empty(new FileSampleCache(_folder).Open(Fingerprint, Samples, RecordBytes + 4).Held);
        Assert.Equal(3, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Where_nothing_can_be_kept_a_sentence_says_so()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        var wrong = Assert.Throws<JobLoadException>(() => new FileSampleCache(file).Open(Fingerprint, Samples, RecordBytes));
        Assert.Contains("samples that are sent cannot be kept there", wrong.Message, StringComparison.Ordinal);
    }

    private ISampleStore Open() => new FileSampleCache(_folder).Open(Fingerprint, Samples, RecordBytes);

    private static byte[] Record(int sample) => [.. Enumerable.Range(sample, RecordBytes).Select(i => (byte)(7 * i))];
}
