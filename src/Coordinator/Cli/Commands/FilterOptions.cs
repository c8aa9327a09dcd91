using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Distributed.Jobs.Reading;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary>Kinds of options that <c>filter</c> has of its own.</summary>
internal static class FilterOptions
{
    /// <summary>A finite number; its range is checked by what it is for. null where the option is not given.</summary>
    public static Option<double?> Number(string name, string unit, string description) => new(name)
    {
        HelpName = unit,
        Description = description,
        CustomParser = result =>
        {
            var text = Text(result);
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) return number;
            result.AddError($"{name}: wanted a number, came \"{text}\"");
            return null;
        },
    };

    /// <summary>One of an enumeration's names, in lower case; null where the option is not given.</summary>
    public static Option<T?> Word<T>(string name, string description) where T : struct, Enum
    {
        var words = Enum.GetNames<T>().Select(word => word.ToLowerInvariant()).ToList();
        return new Option<T?>(name)
        {
            HelpName = string.Join('|', words),
            Description = description,
            CustomParser = result =>
            {
                var text = Text(result);
                if (words.IndexOf(text) is var index and >= 0) return Enum.GetValues<T>()[index];
                result.AddError($"{name}: {Nearest.Unknown("word", text, words)}");
                return null;
            },
        };
    }

    private static string Text(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
}
