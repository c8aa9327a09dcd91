using System.Text;
using Distributed.Protocol;

namespace Distributed.Worker;

/// <summary>Sentences on the wire are bounded.</summary>
public static class Sentences
{
    /// <summary>The sentence, cut to <see cref="FrameLimits.MaxReasonBytes"/> of UTF-8.</summary>
    public static string Cut(string sentence)
    {
        if (Encoding.UTF8.GetByteCount(sentence) <= FrameLimits.MaxReasonBytes) return sentence;
        var length = Math.Min(sentence.Length, FrameLimits.MaxReasonBytes);
        while (Encoding.UTF8.GetByteCount(sentence.AsSpan(0, length)) > FrameLimits.MaxReasonBytes - 3) length--;
        return sentence[..length] + "…";
    }
}
