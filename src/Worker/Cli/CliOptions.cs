using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Distributed.Worker.Cli;

/// <summary>Kinds of options whose mistakes are told in the same words everywhere.</summary>
public static class CliOptions
{
    /// <summary>A whole number in a range; null where the option is not given.</summary>
    public static Option<int?> Integer(string name, string unit, string description, int min, int max) => new(name)
    {
        HelpName = unit,
        Description = description,
        CustomParser = result => ParseInteger(result, name, min, max),
    };

    /// <summary>A share from 0 to 1; null where the option is not given.</summary>
    public static Option<double?> Share(string name, string unit, string description) => new(name)
    {
        HelpName = unit,
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1) return share;
            result.AddError($"{name}: wanted a number from 0 to 1, came \"{text}\"");
            return null;
        },
    };

    /// <summary>One of a few words; null where the option is not given.</summary>
    public static Option<string?> Word(string name, string unit, string description, params string[] words) => new(name)
    {
        HelpName = unit,
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (words.Contains(text)) return text;
            result.AddError($"{name}: wanted {string.Join(" or ", words)}, came \"{text}\"");
            return null;
        },
    };

    /// <summary>A text that is read when the command line is, so that it is refused together with all else that is wrong there; null
    /// where the option is not given.</summary>
    /// <param name="read">Throws a <see cref="UserException"/> that names the option.</param>
    public static Option<T?> Read<T>(string name, string unit, string description, Func<string, T> read) where T : class => new(name)
    {
        HelpName = unit,
        Description = description,
        CustomParser = result =>
        {
            try
            {
                return read(result.Tokens.Count == 1 ? result.Tokens[0].Value : "");
            }
            catch (UserException wrong)
            {
                result.AddError(wrong.Message);
                return null;
            }
        },
    };

    public static Option<bool> NoSharedMemory() => new("--no-shared-memory")
    {
        Description = "Send everything over the socket, also between processes of one machine, which else read gradients and weights from each "
            + "other's memory. Changes the speed, not the answer.",
    };

    /// <summary>Debug messages too.</summary>
    public static Option<bool> Verbose() => new("--verbose")
    {
        Description = "Log every message that is ignored and why, every step, every connection; to standard error.",
        Recursive = true,
    };

    private static readonly string[] LevelWords = ["trace", "debug", "information", "warning", "error"];

    /// <param name="where">What the levels are for, as a sentence.</param>
    public static Option<string?> LogLevel(string where) => Word("--log-level", "LEVEL", $"{where}: {string.Join(", ", LevelWords)}.", LevelWords);

    /// <summary>The level that a word of <see cref="LogLevel"/> stands for.</summary>
    public static Microsoft.Extensions.Logging.LogLevel LevelOf(string word) => Enum.Parse<Microsoft.Extensions.Logging.LogLevel>(word, ignoreCase: true);

    private static int? ParseInteger(ArgumentResult result, string name, int min, int max)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
            return value;
        result.AddError($"{name}: wanted a whole number from {min} to {max}, came \"{text}\"");
        return null;
    }
}
