using Distributed.Engine.Data;
using Distributed.Engine.Data.Augmentations;

namespace Distributed.Engine.Tests.Data.Augmentations;

public class AugmenterTests
{
    private static readonly Shape Sample = new(2, 3, 4);

    private static readonly float[] Image = [.. Enumerable.Range(1, 24).Select(i => (float)i)];

    [Fact]
    public void A_shift_moves_both_planes_and_repeats_the_edge()
    {
        var seen = Many(new RandomShift(1));
        Assert.Equal(9, seen.Count);
        Assert.Contains("1 2 3 4|5 6 7 8|9 10 11 12|13 14 15 16|17 18 19 20|21 22 23 24", seen);
        Assert.Contains("1 1 2 3|1 1 2 3|5 5 6 7|13 13 14 15|13 13 14 15|17 17 18 19", seen); // down, right
        Assert.Contains("6 7 8 8|10 11 12 12|10 11 12 12|18 19 20 20|22 23 24 24|22 23 24 24", seen); // up, left
    }

    [Fact]
    public void A_crop_cuts_a_window_out_of_an_image_with_zeros_around_it()
    {
        var seen = Many(new RandomCrop(1));
        Assert.Equal(9, seen.Count);
        Assert.Contains("0 0 0 0|0 1 2 3|0 5 6 7|0 0 0 0|0 13 14 15|0 17 18 19", seen);
        Assert.Contains("6 7 8 0|10 11 12 0|0 0 0 0|18 19 20 0|22 23 24 0|0 0 0 0", seen);
        Assert.Equal(25, Many(new RandomCrop(2)).Count);
    }

    [Fact]
    public void A_flip_mirrors_every_second_image()
    {
        Assert.Equal(["1 2 3 4|5 6 7 8|9 10 11 12|13 14 15 16|17 18 19 20|21 22 23 24",
            "4 3 2 1|8 7 6 5|12 11 10 9|16 15 14 13|20 19 18 17|24 23 22 21"], Many(new RandomFlip()).Order());
        Assert.Contains("9 10 11 12|5 6 7 8|1 2 3 4|21 22 23 24|17 18 19 20|13 14 15 16", Many(new RandomFlip(Vertical: true)));
        var flipped = Enumerable.Range(0, 1000).Count(i => Apply(0, i, new RandomFlip())[0] != 1);
        Assert.InRange(flipped, 440, 560);
    }

    [Fact]
    public void Noise_has_its_deviation()
    {
        var differences = Enumerable.Range(0, 200).SelectMany(i => Apply(3, i, new GaussianNoise(0.5f)).Zip(Image, (a, b) => a - b)).ToList();
        Assert.Equal(0, differences.Average(), 0.03);
        Assert.InRange(Math.Sqrt(differences.Average(d => d * d)), 0.48, 0.52);
    }

    [Fact]
    public void A_change_is_named_by_seed_epoch_and_sample_and_by_nothing_else()
    {
        Augmentation[] steps = [new RandomShift(2), new GaussianNoise(0.1f)];
        var alone = Apply(4, 7, steps);
        var together = new float[3 * 24];
        for (var i = 0; i < 3; i++) Image.CopyTo(together, 24 * i);
        new Augmenter(steps, Sample, new ClassTarget(2), 1).Apply(4, [9, 7, 7], together);
        Assert.Equal(alone, together[24..48]);
        Assert.Equal(alone, together[48..]);
        Assert.NotEqual(alone, together[..24]);
        Assert.NotEqual(alone, Apply(5, 7, steps));
        var other = (float[])Image.Clone();
        new Augmenter(steps, Sample, new ClassTarget(2), 2).Apply(4, [7], other);
        Assert.NotEqual(alone, other);
        // Two of a kind in one list are not the same change twice.
        Assert.NotEqual(Apply(0, 0, new GaussianNoise(1)).Zip(Image, (a, b) => 2 * (a - b)),
            Apply(0, 0, new GaussianNoise(1), new GaussianNoise(1)).Zip(Image, (a, b) => a - b));
    }

    [Fact]
    public void What_moves_pixels_is_for_images_with_a_class()
    {
        Refused("the augmentation shift is for images [c, h, w]; samples have shape [5]", new RandomShift(1), new Shape(5), new ClassTarget(2));
        Refused("the augmentation crop moves pixels, but not what is said of them; the data has 4 classes for each of 3x4 pixels",
            new RandomCrop(1), Sample, new ClassMapTarget(4, 3, 4));
        Augmenter.Check([new GaussianNoise(1)], new Shape(5), new ValueTarget(new Shape(1)));

        static void Refused(string sentence, Augmentation step, Shape sample, Target target) =>
            Assert.Equal(sentence, Assert.Throws<DataException>(() => Augmenter.Check([step], sample, target)).Message);
    }

    [Fact]
    public void Nothing_is_allocated_in_a_step()
    {
        var augmenter = new Augmenter([new RandomShift(1), new RandomCrop(1), new RandomFlip(), new RandomFlip(true), new GaussianNoise(1)],
            Sample, new ClassTarget(2), 1);
        var image = (float[])Image.Clone();
        augmenter.Apply(0, [1], image);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) augmenter.Apply(i, [1], image);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static float[] Apply(int epoch, int sample, params Augmentation[] steps)
    {
        var features = (float[])Image.Clone();
        new Augmenter(steps, Sample, new ClassTarget(2), 1).Apply(epoch, [sample], features);
        return features;
    }

    /// <summary>All that comes out of the image in many epochs.</summary>
    private static HashSet<string> Many(Augmentation step) => [.. Enumerable.Range(0, 400).Select(epoch =>
        string.Join('|', Apply(epoch, 0, step).Chunk(4).Select(row => string.Join(' ', row))))];
}
