using Distributed.Engine.Data;
using Distributed.Engine.Filtering.Masks;

namespace Distributed.Engine.Filtering;

/// <summary>What can be chosen about a mask; null: its default.</summary>
/// <param name="Size">Side, pixels.</param>
/// <param name="Sigma">Standard deviation of its Gaussian, pixels.</param>
/// <param name="Frequency">Waves a pixel.</param>
/// <param name="Angle">Degrees.</param>
public sealed record MaskSettings(int? Size = null, double? Sigma = null, double? Frequency = null, double? Angle = null);

/// <summary>A mask that can be asked for by name.</summary>
/// <param name="Summary">One sentence.</param>
/// <param name="Uses">The settings that it looks at, by their names in lower case.</param>
public sealed record MaskKind(string Name, string Summary, IReadOnlyList<string> Uses, Func<MaskSettings, Mask> Make)
{
    /// <exception cref="DataException">A setting is out of range, or the mask has no such setting.</exception>
    public Mask Create(MaskSettings settings)
    {
        Check("size", settings.Size is not null);
        Check("sigma", settings.Sigma is not null);
        Check("frequency", settings.Frequency is not null);
        Check("angle", settings.Angle is not null);
        return Make(settings);

        void Check(string setting, bool given)
        {
            if (given && !Uses.Contains(setting))
                throw new DataException($"{Name} has no {setting}; it has {(Uses.Count == 0 ? "no settings" : string.Join(", ", Uses))}");
        }
    }
}

/// <summary>All named masks: the command's help, its errors and its work come from here.</summary>
public static class MaskCatalog
{
    public const int DefaultBoxSize = 3;

    public const double DefaultSigma = 1, DefaultFrequency = 0.125;

    public static IReadOnlyList<MaskKind> Kinds { get; } =
    [
        new("blue-yellow", "blue in the centre against red and green around it", ["size", "sigma"],
            s => ColourOpponent.BlueYellow(s.Sigma ?? DefaultSigma, s.Size)),
        new("box", "low-pass: the mean of size x size pixels", ["size"], s => Box.Create(s.Size ?? DefaultBoxSize)),
        new("gabor-even", "waves under a Gaussian, cosine: lines", ["size", "sigma", "frequency", "angle"], s => Gabor(s, odd: false)),
        new("gabor-odd", "waves under a Gaussian, sine: edges", ["size", "sigma", "frequency", "angle"], s => Gabor(s, odd: true)),
        new("gaussian", "low-pass: a Gaussian", ["size", "sigma"], s => Gaussian.Create(s.Sigma ?? DefaultSigma, s.Size)),
        new("high-pass", "what the Gaussian low-pass takes away", ["size", "sigma"], s => HighPass.Create(s.Sigma ?? DefaultSigma, s.Size)),
        new("laplacian", "the second derivatives", [], _ => Laplacian.Mask),
        new("red-green", "red in the centre against green around it", ["size", "sigma"],
            s => ColourOpponent.RedGreen(s.Sigma ?? DefaultSigma, s.Size)),
        new("sobel-x", "the slope to the right", [], _ => Sobel.X),
        new("sobel-y", "the slope downwards", [], _ => Sobel.Y),
    ];

    public static MaskKind? Find(string name) => Kinds.FirstOrDefault(kind => kind.Name == name);

    private static Mask Gabor(MaskSettings s, bool odd) =>
        Masks.Gabor.Create(odd, s.Frequency ?? DefaultFrequency, s.Angle ?? 0, s.Sigma, s.Size);
}
