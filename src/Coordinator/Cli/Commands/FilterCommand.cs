using System.CommandLine;
using System.Globalization;
using Distributed.Engine.Data;
using Distributed.Engine.Filtering;
using Distributed.Engine.Filtering.Masks;
using Distributed.Engine.Images;
using Distributed.Jobs.Reading;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>filter IMAGE --kernel NAME</c>: convolves a picture with a mask and writes what comes out as a picture.</summary>
/// <remarks>How numbers become pixels is said by <see cref="ImagePlanes.Show"/>: results of masks with negative weights lie around
/// mid-gray. Nothing is written unless everything fits.</remarks>
internal static class FilterCommand
{
    public static Command Create()
    {
        var command = new Command("filter", "Convolve a picture with a kernel: low-pass, high-pass, edges, Gabor waves, colours.");
        var image = new Argument<string>("IMAGE") { Description = "A PNG file." };
        var kernel = new Option<string>("--kernel")
        {
            HelpName = "NAME|NUMBERS",
            Required = true,
            Description = string.Join("; ", MaskCatalog.Kinds.Select(kind => $"{kind.Name}: {kind.Summary}")) +
                "; or the numbers themselves, \"0 1 0; 1 -4 1; 0 1 0\".",
        };
        var size = CliOptions.Integer("--size", "PIXELS", "Side of the kernel (3 for box, else as wide as it needs).", 1, Mask.MaxSide);
        var sigma = FilterOptions.Number("--sigma", "PIXELS", "Standard deviation of the kernel's Gaussian (1; gabor: 0.56/frequency).");
        var frequency = FilterOptions.Number("--frequency", "WAVES", "Waves a pixel of gabor, at most 0.5 (0.125).");
        var angle = FilterOptions.Number("--angle", "DEGREES", "Direction in which gabor's waves run, against the clock (0: to the right).");
        var padding = FilterOptions.Word<Border>("--padding", "What lies around the picture (zero).");
        var outputSize = FilterOptions.Word<OutputSize>("--output-size",
            "For a side of P pixels and a kernel of K: full P+K-1, same P, valid P-K+1 (same).");
        var correlate = new Option<bool>("--correlate") { Description = "Lay the kernel on as it is; convolution flips it." };
        var gray = new Option<bool>("--gray") { Description = "Make the picture gray first." };
        var result = new Option<string?>("--out") { HelpName = "FILE.png", Description = "Where the result goes (IMAGE-NAME.png beside IMAGE)." };
        command.Arguments.Add(image);
        foreach (var option in (Option[])[kernel, size, sigma, frequency, angle, padding, outputSize, correlate, gray, result])
            command.Options.Add(option);
        command.SetAction(parsed => Run(new Request(
            parsed.GetValue(image)!,
            MaskOf(parsed.GetValue(kernel)!, new MaskSettings(parsed.GetValue(size), parsed.GetValue(sigma), parsed.GetValue(frequency),
                parsed.GetValue(angle))),
            parsed.GetValue(padding) ?? Border.Zero, parsed.GetValue(outputSize) ?? OutputSize.Same, parsed.GetValue(correlate), parsed.GetValue(gray),
            parsed.GetValue(result))));
        return command;
    }

    private static int Run(Request request)
    {
        var input = ImageFile.Read(request.Path);
        if (request.Gray) input = input.ToGray();
        var mask = request.Mask;
        var planes = mask.Apply(input, request.Border, request.Size, request.Correlate);
        if (planes[0].Width > Image.MaxSide || planes[0].Height > Image.MaxSide || (long)planes[0].Width * planes[0].Height > Image.MaxPixels)
            throw new DataException($"the result is {planes[0].Width} x {planes[0].Height} pixels; that is more than a picture may have");
        var output = ImagePlanes.Show(planes, mask.IsSigned);
        var path = request.Result ?? Path.ChangeExtension(request.Path, null) + $"-{mask.Name}.png";
        if (Path.GetFullPath(path) == Path.GetFullPath(request.Path))
            throw new UserException($"--out: {path} is the picture itself; the result needs another name");
        if (!path.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
            throw new UserException($"--out {path}: pictures are written as PNG; a name that ends in .png is wanted");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new UserException($"--out {path}: there is no folder {folder}");
        ImageFile.Write(path, output);

        var (least, most) = (planes.Min(plane => plane.Values.Min()), planes.Max(plane => plane.Values.Max()));
        Console.Out.WriteLine($"picture  {Describe(input)}");
        Console.Out.WriteLine($"kernel   {mask.Name}, {mask.Width} x {mask.Height}, {(request.Correlate ? "correlation" : "convolution")}, " +
            $"{request.Border.ToString().ToLowerInvariant()} padding, {request.Size.ToString().ToLowerInvariant()} size");
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"result   {Describe(output)}, {least:0.###} to {most:0.###}{(mask.IsSigned ? ", 0 shown as mid-gray" : "")}"));
        Console.Out.WriteLine($"written  {path}");
        return ExitCode.Done;
    }

    private static string Describe(Image image) => $"{image.Width} x {image.Height}, {image.OnWhite().Channels switch { 1 => "gray", _ => "colour" }}";

    /// <summary>By its name, or from numbers.</summary>
    private static Mask MaskOf(string kernel, MaskSettings settings)
    {
        if (MaskCatalog.Find(kernel) is { } kind) return kind.Create(settings);
        if (kernel.Length == 0 || char.IsAsciiLetter(kernel[0]))
            throw new UserException($"--kernel: {Nearest.Unknown("kernel", kernel, [.. MaskCatalog.Kinds.Select(known => known.Name)])}, " +
                "or numbers, \"0 1 0; 1 -4 1; 0 1 0\"");
        if (settings != new MaskSettings()) throw new UserException("--kernel: numbers have no size, sigma, frequency or angle");
        return Custom.Parse(kernel);
    }

    private sealed record Request(string Path, Mask Mask, Border Border, OutputSize Size, bool Correlate, bool Gray, string? Result);
}
