using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace SoftPerm.Cli;

/// <summary>An option that, where it is given, changes one setting of a configuration.</summary>
internal sealed record Setting<TConfig>(Option Option, Func<ParseResult, TConfig, TConfig> Apply)
{
    /// <summary>Whether the user gave the option.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetResult(Option) is { Implicit: false };

    /// <summary>An option that holds text or a number, read the same way in every country.</summary>
    public static Setting<TConfig> Of<T>(string name, string description, Func<TConfig, T, TConfig> set) where T : IParsable<T>
    {
        var option = new Option<T>(name) { Description = description, CustomParser = Parse<T>, Arity = ArgumentArity.ExactlyOne };
        return new Setting<TConfig>(option, (parsed, config) =>
            parsed.GetResult(option) is { Implicit: false } ? set(config, parsed.GetValue(option)!) : config);
    }

    private static T? Parse<T>(ArgumentResult result) where T : IParsable<T>
    {
        var word = result.Tokens[0].Value;
        // A comma would pass as a separator of thousands: 1,5 must not become 15.
        if (typeof(T) == typeof(string) || !word.Contains(',', StringComparison.Ordinal))
            if (T.TryParse(word, CultureInfo.InvariantCulture, out var value)) return value;
        result.AddError($"{result.Argument.Name} is '{word}'; it must be {(typeof(T) == typeof(bool) ? "true or false" : "a number")}.");
        return default;
    }
}
