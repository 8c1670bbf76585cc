using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;

namespace SoftPerm.Cli;

/// <summary>An option that, where it is given, changes one setting of a configuration.</summary>
/// <param name="Option">The option.</param>
/// <param name="Description">What it does, without its default.</param>
/// <param name="Apply">Changes the setting, where the option is given.</param>
/// <param name="Show">The setting's value, as the user would give it; null where the description says what happens without the option.</param>
internal sealed record Setting<TConfig>(Option Option, string Description, Func<ParseResult, TConfig, TConfig> Apply, Func<TConfig, string>? Show)
{
    /// <summary>Whether the user gave the option.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetResult(Option) is { Implicit: false };

    /// <summary>Has the help say what the option is by default.</summary>
    /// <param name="usual">The settings unless others are given.</param>
    /// <param name="quick">Those of --quick, where there is that option.</param>
    public void Describe(TConfig usual, TConfig quick)
    {
        if (Show is null) return;
        var more = Show(quick) == Show(usual) ? "" : $"; with --quick {Show(quick)}";
        Option.Description = $"{Description} Default: {Show(usual)}{more}.";
    }

    /// <summary>An option that holds text or a number, read the same way in every country.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="description">What it does, without its default.</param>
    /// <param name="get">The setting.</param>
    /// <param name="set">Changes the setting.</param>
    public static Setting<TConfig> Of<T>(string name, string description, Func<TConfig, T> get, Func<TConfig, T, TConfig> set) where T : IParsable<T> =>
        Described(name, description, c => Text(get(c)), set);

    /// <summary>The same with a text for the default; null where the description has one.</summary>
    public static Setting<TConfig> Described<T>(string name, string description, Func<TConfig, string>? show, Func<TConfig, T, TConfig> set) where T : IParsable<T>
    {
        var option = new Option<T>(name) { Description = description, CustomParser = Parse<T>, Arity = ArgumentArity.ExactlyOne };
        return new Setting<TConfig>(
            option, description, (parsed, config) => parsed.GetResult(option) is { Implicit: false } ? set(config, parsed.GetValue(option)!) : config, show);
    }

    /// <summary>Has shells offer words for the option's value, or for each of several with commas between them.</summary>
    public Setting<TConfig> Offering(IEnumerable<string> words)
    {
        Option.CompletionSources.Add(context =>
        {
            var before = context.WordToComplete[..(context.WordToComplete.LastIndexOf(',') + 1)];
            return words.Select(word => new CompletionItem(before + word));
        });
        return this;
    }

    /// <summary>A value as the user would give it.</summary>
    public static string Text<T>(T value) => value switch
    {
        bool truth => truth ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };

    /// <summary>What words a number may be.</summary>
    internal static string Allowed<T>() => typeof(T) == typeof(ulong) ? $"whole number from 0 to {ulong.MaxValue}"
        : typeof(T) == typeof(long) ? $"whole number from 0 to {long.MaxValue}"
        : typeof(T) == typeof(int) ? $"whole number from 0 to {int.MaxValue}"
        : "number";

    /// <summary>Reads the word of an option.</summary>
    internal static T? Parse<T>(ArgumentResult result) where T : IParsable<T>
    {
        var word = result.Tokens[0].Value;
        // A comma would pass as a separator of thousands: 1,5 must not become 15.
        if (typeof(T) == typeof(string) || !word.Contains(',', StringComparison.Ordinal))
            if (T.TryParse(word, CultureInfo.InvariantCulture, out var value)) return value;
        result.AddError($"{result.Argument.Name} is '{word}'; it must be a {Allowed<T>()}.");
        return default;
    }
}
