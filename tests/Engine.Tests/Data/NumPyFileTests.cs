using System.Text.Json;
using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

/// <summary>Files that NumPy saved; make_npy.py beside this file made them.</summary>
public sealed class NumPyFileTests : IDisposable
{
    private static readonly Golden Cases = JsonSerializer.Deserialize<Golden>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "npy.json")), JsonSerializerOptions.Web)!;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_type_that_is_read_gives_its_numbers()
    {
        Assert.Equal(5, Cases.Arrays.Count);
        foreach (var golden in Cases.Arrays)
        {
            var array = NumPyFile.Read(_folder.Write(golden.Name, golden.File));
            Assert.Equal(golden.Type, array.Type);
            Assert.Equal(golden.Shape, array.Extents);
            Assert.Equal(golden.Values, array.ToFloats());
        }
    }

    [Theory]
    [InlineData("big-endian", "are wanted, got >f4")]
    [InlineData("columns first", "row-major order is wanted")]
    [InlineData("complex", "are wanted, got <c8")]
    [InlineData("text", "are wanted, got <U1")]
    [InlineData("scalar", "at least 1 dimension is wanted")]
    [InlineData("empty", "extent 0 is 0")]
    [InlineData("five dimensions", "at most 4 dimensions")]
    public void What_is_not_read_is_named(string name, string sentence)
    {
        var path = _folder.Write("a.npy", Cases.Bad[name]);
        var error = Assert.Throws<DataException>(() => NumPyFile.Read(path));
        Assert.StartsWith(path, error.Message);
        Assert.Contains(sentence, error.Message);
    }

    [Fact]
    public void Arrays_of_a_zip_file_are_found_by_name()
    {
        foreach (var file in (byte[][])[Cases.Npz, Cases.Packed])
        {
            var path = _folder.Write("a.npz", file);
            Assert.Equal(Cases.X, NumPyFile.Read(path, "x").Data);
            Assert.Equal(Cases.Y, NumPyFile.Read(path, "y").ToLabels());
            Assert.Contains("there is no array \"z\"; there are x, y", Assert.Throws<DataException>(() => NumPyFile.Read(path, "z")).Message);
        }
        var npy = _folder.Write("a.npy", Cases.Arrays[0].File);
        Assert.StartsWith($"{npy}: the zip file is damaged", Assert.Throws<DataException>(() => NumPyFile.Read(npy, "x")).Message);
    }

    [Fact]
    public void Every_truncation_is_found_and_so_is_a_rest()
    {
        var whole = Cases.Arrays[0].File;
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<DataException>(() => NumPyFile.Read(_folder.Write("cut", whole[..length])));
        Assert.Contains("bytes follow", Assert.Throws<DataException>(() => NumPyFile.Read(_folder.Write("long", [.. whole, 0]))).Message);
        for (var length = 0; length < Cases.Packed.Length; length++)
            Assert.Throws<DataException>(() => NumPyFile.Read(_folder.Write("cut", Cases.Packed[..length]), "x"));
    }

    [Fact]
    public void A_large_claim_takes_no_memory()
    {
        var header = "{'descr': '<f8', 'fortran_order': False, 'shape': (100000000,), }".PadRight(117) + "\n";
        byte[] file = [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. header.Select(letter => (byte)letter), 0];
        var path = _folder.Write("claim", file);
        Assert.Contains("the header declares 800000000 bytes", Assert.Throws<DataException>(() => NumPyFile.Read(path)).Message);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataException>(() => NumPyFile.Read(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 18);
        file[8] = 255;
        file[9] = 255;
        Assert.Contains("the header has 65535 bytes", Assert.Throws<DataException>(() => NumPyFile.Read(_folder.Write("claim", file))).Message);
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483648,), }", "extent 0 is 2147483648")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536), }", "2147483591 bytes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "no shape")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, }", "no shape")]
    [InlineData("", "got no type")]
    public void Bad_headers_are_met_with_a_sentence(string header, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<DataException>(() => NumPyHeader.Parse(header, "a.npy")).Message);

    [Fact]
    public void Features_and_labels_become_samples()
    {
        var path = _folder.Write("a.npz", Cases.Npz);
        var set = NumPySamples.Of(NumPyFile.Read(path, "x"), NumPyFile.Read(path, "y"));
        Assert.Equal((6, new Shape(1, 4, 5)), (set.Count, set.SampleShape));
        Assert.Equal(Cases.Y.Max() + 1, set.Classes);
        Assert.Equal(Cases.Y, set.Labels.ToArray());
        Assert.Equal(Cases.X.Select(x => (float)x), Points.All(set));
        Assert.IsType<ByteImageDataSet>(set);

        Assert.Equal(new Shape(3), Of([2, 3], "f4", 24).SampleShape);
        Assert.Equal(new Shape(3, 2, 1), Of([2, 3, 2, 1], "f4", 48).SampleShape);
        Assert.Contains("features have 2 to 4 dimensions", Assert.Throws<DataException>(() => Of([2], "f4", 8)).Message);
        Assert.Contains("holds 3 samples", Assert.Throws<DataException>(() => Of([3, 1], "f4", 12)).Message);
        Assert.Contains("labels are whole numbers", Assert.Throws<DataException>(() =>
            new NumPyArray("y", "f4", [2], new byte[8]).ToLabels()).Message);
        Assert.Contains("sample 0 has label 65536", Assert.Throws<DataException>(() =>
            new NumPyArray("y", "i4", [1], [0, 0, 1, 0]).ToLabels()).Message);
        Assert.Contains("element 0 is NaN", Assert.Throws<DataException>(() =>
            new NumPyArray("x", "f4", [1], [0, 0, 0xc0, 0x7f]).ToFloats()).Message);

        static StoredDataSet Of(int[] extents, string type, int bytes) =>
            NumPySamples.Of(new NumPyArray("x", type, extents, new byte[bytes]), new NumPyArray("y", "u1", [2], [0, 1]));
    }

    private sealed record Golden(List<GoldenArray> Arrays, Dictionary<string, byte[]> Bad, byte[] Npz, byte[] Packed, byte[] X, int[] Y);

    private sealed record GoldenArray(string Name, string Type, int[] Shape, float[] Values, byte[] File);
}
