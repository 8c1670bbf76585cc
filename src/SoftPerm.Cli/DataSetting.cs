using SoftPerm.Experiments;

namespace SoftPerm.Cli;

/// <summary>The option that names the folder of data sets.</summary>
internal static class DataSetting
{
    /// <summary>An option that, where it is given, changes one setting of a configuration to the folder's absolute path.</summary>
    public static Setting<TConfig> Of<TConfig>(Func<TConfig, string, TConfig> set) => Setting<TConfig>.Of<string>(
        "--data", "The folder that holds data sets. Default: SOFTPERM_DATA, then the user's cache.", (c, v) => set(c, FullPath(v)));

    private static string FullPath(string folder) =>
        folder.Length > 0 ? Path.GetFullPath(folder) : throw new UserErrorException("--data is empty; name a folder.");
}
