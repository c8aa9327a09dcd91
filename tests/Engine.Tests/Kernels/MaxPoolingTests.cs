using Distributed.Engine.Kernels;

namespace Distributed.Engine.Tests.Kernels;

public class MaxPoolingTests
{
    [Fact]
    public void Bits_equal_the_reference_for_touching_windows_of_two()
    {
        var two = new Window(2, 2);
        for (var width = 2; width <= 40; width++)
        {
            var height = 2 + (width % 5);
            var image = Bits.Mixed(3 * height * width, width);
            for (var i = 0; i + 1 < image.Length; i += 5) image[i + 1] = image[i]; // ties
            var outputs = 3 * (height / 2) * (width / 2);
            var (values, places, wantedValues, wantedPlaces) = (new float[outputs], new float[outputs], new float[outputs], new float[outputs]);
            MaxPooling.Reference<float>(two, two, 3, height, width, image, wantedValues, wantedPlaces);
            MaxPooling.Forward<float>(two, two, 3, height, width, image, values, places);
            Bits.AssertEqual(wantedValues, values, $"{height} by {width}");
            Bits.AssertEqual(wantedPlaces, places, $"places in {height} by {width}");
        }
    }
}
