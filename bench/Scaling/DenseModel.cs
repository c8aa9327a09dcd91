using System.Globalization;

namespace Distributed.Scaling;

/// <summary>A network of dense layers: each weight takes six operations for each sample (forward, ∇W, ∇x; less in the first layer).</summary>
internal sealed record DenseModel(int Parameters, int Batch)
{
    public double Gflop => 6e-9 * Parameters * Batch;

    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Parameters / 1e6:0.#} M, batch {Batch:#,0}");

    /// <exception cref="FormatException">It is no PARAMETERS:BATCH.</exception>
    public static DenseModel Parse(string text) =>
        text.Split(':') is [var size, var batch]
        && int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var parameters) && parameters > 0
        && int.TryParse(batch, NumberStyles.None, CultureInfo.InvariantCulture, out var samples) && samples > 0
            ? new DenseModel(parameters, samples)
            : throw new FormatException($"--models: wanted PARAMETERS:BATCH, came \"{text}\"");
}
