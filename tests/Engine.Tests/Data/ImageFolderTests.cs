using Distributed.Engine.Data;
using Distributed.Engine.Images;

namespace Distributed.Engine.Tests.Data;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sub_folders_are_classes_in_the_order_of_their_names()
    {
        Write("dog", "b.png", new Image(2, 1, 1, [3, 4]));
        Write("dog", "a.png", new Image(2, 1, 1, [1, 2]));
        Write("cat", "z.png", new Image(2, 1, 1, [5, 6]));
        Write("Zebra", ".hidden", new Image(9, 9, 1));
        Write("Zebra", "10.png", new Image(2, 1, 1, [7, 8]));
        Write("Zebra", "9.png", new Image(2, 1, 1, [9, 10]));
        var contents = ImageFolder.Load(_folder.Path);
        Assert.Equal(["Zebra", "cat", "dog"], contents.ClassNames);
        Assert.Equal([0, 0, 1, 2, 2], contents.Set.Labels.ToArray());
        Assert.Equal(new Shape(1, 1, 2), contents.Set.SampleShape);
        Assert.Equal([7, 8, 9, 10, 5, 6, 1, 2, 3, 4], Points.All(contents.Set));
        Assert.Equal(contents.Set.Fingerprint, ImageFolder.Load(_folder.Path, ["Zebra", "cat", "dog"]).Set.Fingerprint);
    }

    [Fact]
    public void One_picture_in_colour_makes_all_of_them_so()
    {
        Write("a", "1.png", new Image(2, 1, 1, [1, 2]));
        Write("b", "1.png", new Image(2, 1, 3, [10, 20, 30, 11, 21, 31]));
        Write("b", "2.png", new Image(2, 1, 4, [10, 20, 30, 255, 0, 0, 0, 0]));
        var set = ImageFolder.Load(_folder.Path).Set;
        Assert.Equal(new Shape(3, 1, 2), set.SampleShape);
        Assert.Equal([1, 2, 1, 2, 1, 2, 10, 11, 20, 21, 30, 31, 10, 255, 20, 255, 30, 255], Points.All(set));
    }

    [Fact]
    public void What_cannot_be_used_is_named()
    {
        Refused(_folder.File("none"), "cannot be read");
        Refused(_folder.Path, "has no sub-folders");
        Directory.CreateDirectory(_folder.File("a"));
        Refused(_folder.Path, "has no image");
        Write("a", "1.png", new Image(2, 1, 1));
        Write("b", "1.png", new Image(3, 1, 1));
        Refused(_folder.Path, $"{_folder.File("b/1.png")}: the image is 3 x 1, {_folder.File("a/1.png")} is 2 x 1; all must have one size");
        _folder.Write("b/1.png", [0xff, 0xd8, 0xff, 0xe0]);
        Refused(_folder.Path, $"{_folder.File("b/1.png")}: this is a JPEG file");
        Assert.Contains("has the classes a, b; wanted are a, c",
            Assert.Throws<DataException>(() => ImageFolder.Load(_folder.Path, ["a", "c"])).Message);

        static void Refused(string folder, string sentence) =>
            Assert.Contains(sentence, Assert.Throws<DataException>(() => ImageFolder.Load(folder)).Message);
    }

    private void Write(string folder, string name, Image image)
    {
        Directory.CreateDirectory(_folder.File(folder));
        ImageFile.Write(Path.Combine(_folder.File(folder), name), image);
    }
}
