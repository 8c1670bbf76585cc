using System.CommandLine;
using SoftPerm.Paper.Datasets;
using SoftPerm.Training;

namespace SoftPerm.Cli;

/// <summary>The option that names the folder of data sets.</summary>
internal static class DataSetting
{
    private const string Name = "--data";

    /// <summary>An option that, where it is given, changes one setting of a configuration to the folder's absolute path.</summary>
    public static Setting<TConfig> Of<TConfig>(Func<TConfig, string, TConfig> set) => Setting<TConfig>.Described<string>(
        Name, $"The folder that holds data sets. Default: that of {DataFolders.Variable}, then {DataFolders.Cache}.", null, (c, v) => set(c, FullPath(v)));

    /// <summary>The option by itself.</summary>
    /// <param name="otherwise">What happens without it.</param>
    public static Option<string> Option(string otherwise) => new(Name) { Description = $"The folder that holds data sets. Default: {otherwise}.", HelpName = "DIR" };

    /// <summary>The folder given, as an absolute path; null where none is.</summary>
    /// <exception cref="UserErrorException">Its name is empty.</exception>
    public static string? Given(ParseResult parsed, Option<string> option) => parsed.GetValue(option) is { } folder ? FullPath(folder) : null;

    private static string FullPath(string folder) =>
        folder.Length > 0 ? Path.GetFullPath(folder) : throw new UserErrorException($"{Name} is empty; name a folder.");
}
