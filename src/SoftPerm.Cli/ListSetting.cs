using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace SoftPerm.Cli;

/// <summary>Options that hold several values, with commas between them.</summary>
internal static class ListSetting
{
    /// <summary>An option that, where it is given, changes one setting of a configuration.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="description">What it does, without its default.</param>
    /// <param name="get">The setting; null for all there are.</param>
    /// <param name="set">Changes the setting.</param>
    public static Setting<TConfig> Of<TConfig, T>(
        string name, string description, Func<TConfig, IReadOnlyList<T>?> get, Func<TConfig, IReadOnlyList<T>, TConfig> set) where T : IParsable<T>
    {
        var text = $"{description} Several with commas.";
        var option = new Option<T[]>(name) { Description = text, CustomParser = Parse<TConfig, T>, HelpName = "A[,B…]" };
        return new Setting<TConfig>(
            option, text, (parsed, config) => parsed.GetResult(option) is { Implicit: false } ? set(config, parsed.GetValue(option)!) : config,
            config => get(config) is { } values ? string.Join(",", values.Select(Setting<TConfig>.Text)) : "all");
    }

    private static T[]? Parse<TConfig, T>(ArgumentResult result) where T : IParsable<T>
    {
        var values = new List<T>();
        foreach (var word in result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (T.TryParse(word, CultureInfo.InvariantCulture, out var value) && word.Length > 0)
            {
                values.Add(value);
                continue;
            }

            result.AddError($"{result.Argument.Name} has '{word}'; it must hold {(typeof(T) == typeof(string) ? "names" : Setting<TConfig>.Allowed<T>().Replace("number", "numbers", StringComparison.Ordinal))} with commas between them.");
            return null;
        }

        return [.. values];
    }
}
