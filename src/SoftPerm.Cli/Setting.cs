using System.CommandLine;

namespace SoftPerm.Cli;

/// <summary>An option that, where it is given, changes one setting of a configuration.</summary>
internal sealed record Setting<TConfig>(Option Option, Func<ParseResult, TConfig, TConfig> Apply)
{
    /// <summary>Whether the user gave the option.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetResult(Option) is { Implicit: false };

    /// <summary>An option of a value type or text.</summary>
    public static Setting<TConfig> Of<T>(string name, string description, Func<TConfig, T, TConfig> set)
    {
        var option = new Option<T>(name) { Description = description };
        return new Setting<TConfig>(option, (parsed, config) =>
            parsed.GetResult(option) is { Implicit: false } ? set(config, parsed.GetValue(option)!) : config);
    }
}
