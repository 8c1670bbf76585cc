using System.CommandLine;

namespace SoftPerm.Cli;

/// <summary>Options that hold true or false, and mean true where they stand alone.</summary>
internal static class SwitchSetting
{
    /// <summary>An option that, where it is given, changes one setting of a configuration.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="description">What it does, without its default.</param>
    /// <param name="get">The setting.</param>
    /// <param name="set">Changes the setting.</param>
    public static Setting<TConfig> Of<TConfig>(string name, string description, Func<TConfig, bool> get, Func<TConfig, bool, TConfig> set)
    {
        // Of text: a wrong word after an option of bool would count as a command that nobody knows.
        var option = new Option<string>(name) { Description = description, Arity = ArgumentArity.ZeroOrOne, HelpName = "true|false" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var word] && !bool.TryParse(word.Value, out _)) result.AddError($"{name} is '{word.Value}'; it must be true or false.");
        });
        return new Setting<TConfig>(
            option, description,
            (parsed, config) => parsed.GetResult(option) is { Implicit: false } given ? set(config, given.Tokens is [] || bool.Parse(given.Tokens[0].Value)) : config,
            config => Setting<TConfig>.Text(get(config)));
    }
}
