using System.Numerics;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Cross-entropy of softmax(logits) against a class label at every pixel: the mean over a sample's pixels, in nats.</summary>
/// <remarks><code>
/// forward    H_b = 1/P · Σ_p (logΣ_c exp(z_bcp) − z_b,y(b,p),p),  P = h·w
/// backward   ∂H_b/∂z_bcp = 1/P · (softmax_c(z_b·p)_c − 1[c = y(b,p)]);  none to the labels
///            with smoothed labels and class weights as <see cref="LabelSettings"/> says, pixel by pixel
/// shapes     logits z [B, C, h, w] · labels y [B, h, w] in 0..C−1 → losses [B];  or without B;  C ≥ 2
/// saves      softmax over the classes, B·C·P elements, until backward
/// stability  as <see cref="SoftmaxCrossEntropy"/>
/// order      classes in index order; the pixels of a row in order from +0, then the rows in order, then one division by P
/// </code></remarks>
public sealed class PixelCrossEntropy(LabelSettings? settings = null) : Operation
{
    public LabelSettings Settings { get; } = settings ?? LabelSettings.Plain;

    public override string Name => "per-pixel-cross-entropy";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, 2);
        var (scores, labels) = (inputs[0], inputs[1]);
        var sample = scores.Sample;
        if (sample.Rank != 3 || sample[0] < 2)
            throw new ShapeException($"{Name}: scores have shape {scores}, [B, C, h, w] or [C, h, w] with C ≥ 2 is wanted");
        var wanted = new Shape(sample[1], sample[2]);
        if (scores.IsBatched) wanted = Shape.Batched(wanted);
        if (labels != wanted) throw new ShapeException($"{Name}: targets have shape {labels}, scores {scores} want targets {wanted}");
        Settings.Check(this, scores, sample[0]);
        return scores.IsBatched ? new Shape(Shape.Batch) : Shape.Scalar;
    }

    public override bool HasGradient(int input) => input == 0;

    public override int SavedElements(ReadOnlySpan<Shape> inputs, int samples) => inputs[0].Elements(samples);

    /// <summary>Three planes: the largest logit of each pixel, the largest softmax, and the softmax's denominator.</summary>
    public override int ScratchElements(ReadOnlySpan<Shape> inputs, int samples) => 3 * inputs[0].SampleElements / inputs[0].Sample[0];

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var (classes, height, width) = Extents(context.InputShape(0));
        var pixels = height * width;
        var max = context.Scratch[..pixels];
        var largest = context.Scratch.Slice(pixels, pixels);
        var sums = context.Scratch.Slice(2 * pixels, pixels);
        var losses = context.Output;
        for (var b = 0; b < losses.Length; b++)
        {
            var z = context.Input(0).Slice(b * classes * pixels, classes * pixels);
            var p = context.Saved.Slice(b * classes * pixels, classes * pixels);
            var labels = context.Input(1).Slice(b * pixels, pixels);
            SoftmaxOverPlanes(classes, z, p, max, largest, sums);
            Elementwise.Log<T>(largest, largest);
            var total = T.Zero;
            for (var first = 0; first < pixels; first += width)
            {
                var row = T.Zero;
                for (var i = first; i < first + width; i++)
                    row += Loss<T>(z, max[i], largest[i], i, pixels, LabelOf(labels, i, b, classes));
                total += row;
            }
            losses[b] = total / T.CreateChecked(pixels);
        }
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var (classes, height, width) = Extents(context.InputShape(0));
        var pixels = height * width;
        var g = context.OutputGradient;
        var (right, wrong) = (Settings.Right<T>(classes), Settings.Wrong<T>(classes));
        for (var b = 0; b < g.Length; b++)
        {
            var scale = g[b] / T.CreateChecked(pixels);
            var p = context.Saved.Slice(b * classes * pixels, classes * pixels);
            var dz = context.InputGradient(0).Slice(b * classes * pixels, classes * pixels);
            var labels = context.Input(1).Slice(b * pixels, pixels);
            for (var c = 0; c < classes; c++)
                for (var i = 0; i < pixels; i++)
                {
                    var label = int.CreateTruncating(labels[i]); // forward has checked it
                    dz[(c * pixels) + i] = scale * Settings.Weight<T>(label) * (p[(c * pixels) + i] - (c == label ? right : wrong));
                }
        }
    }

    private static (int Classes, int Height, int Width) Extents(Shape scores) =>
        (scores[scores.Rank - 3], scores[scores.Rank - 2], scores[scores.Rank - 1]);

    /// <summary>Softmax of each pixel over the planes of its classes; leaves the largest logit and the largest softmax of each pixel.</summary>
    private static void SoftmaxOverPlanes<T>(int classes, ReadOnlySpan<T> z, Span<T> p, Span<T> max, Span<T> largest,
        Span<T> sums)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var pixels = max.Length;
        z[..pixels].CopyTo(max);
        for (var c = 1; c < classes; c++)
        {
            var plane = z.Slice(c * pixels, pixels);
            for (var i = 0; i < pixels; i++) max[i] = plane[i] > max[i] ? plane[i] : max[i];
        }
        sums.Clear();
        for (var c = 0; c < classes; c++)
        {
            var plane = p.Slice(c * pixels, pixels);
            Elementwise.Subtract(z.Slice(c * pixels, pixels), max, plane);
            Elementwise.Exp<T>(plane, plane);
            Elementwise.AddInto<T>(plane, sums);
        }
        for (var c = 0; c < classes; c++)
        {
            var plane = p.Slice(c * pixels, pixels);
            Elementwise.Divide<T>(plane, sums, plane);
            if (c == 0) plane.CopyTo(largest);
            else for (var i = 0; i < pixels; i++) largest[i] = plane[i] > largest[i] ? plane[i] : largest[i];
        }
    }

    /// <param name="z">Logits of a sample.</param>
    private T Loss<T>(ReadOnlySpan<T> z, T max, T logOfLargest, int pixel, int pixels, int label)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var classes = z.Length / pixels;
        var all = T.Zero;
        for (var c = 0; c < classes && Settings.Smoothing > 0; c++) all += max - z[(c * pixels) + pixel] - logOfLargest;
        return Settings.Loss(label, classes, max - z[(label * pixels) + pixel] - logOfLargest, all);
    }

    private int LabelOf<T>(ReadOnlySpan<T> labels, int pixel, int sample, int classes)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var label = labels[pixel];
        if (label >= T.Zero && label < T.CreateChecked(classes) && T.IsInteger(label)) return int.CreateTruncating(label);
        throw new InvalidOperationException($"{Name}: label {label} of pixel {pixel} of sample {sample} of the pass is not one of the "
            + $"{classes} classes 0..{classes - 1}");
    }
}
