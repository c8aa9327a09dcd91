using System.Text;

namespace Distributed.Protocol;

/// <summary>Cuts texts to the bytes that the wire allows.</summary>
public static class WireText
{
    private const string Ellipsis = "…";

    /// <summary>The text with a space for every control character: a stranger's words for a log or a terminal.</summary>
    public static string OneLine(string text) => text.Any(char.IsControl)
        ? string.Concat(text.Select(one => char.IsControl(one) ? ' ' : one))
        : text;

    /// <summary>The text, or its longest beginning that fits, with an ellipsis, into <paramref name="maxBytes"/> bytes of UTF-8.</summary>
    public static string Cut(string text, int maxBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= maxBytes)
        {
            return text;
        }

        var room = maxBytes - Encoding.UTF8.GetByteCount(Ellipsis);
        var (bytes, length) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > room)
            {
                break;
            }

            bytes += rune.Utf8SequenceLength;
            length += rune.Utf16SequenceLength;
        }

        return string.Concat(text.AsSpan(0, length), Ellipsis);
    }
}
