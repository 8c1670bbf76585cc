using SoftPerm.Training;

namespace SoftPerm.Paper.Datasets;

/// <summary>Where data sets are looked for and put.</summary>
public static class DataFolders
{
    /// <summary>The environment variable that names a folder of data sets.</summary>
    public const string Variable = "SOFTPERM_DATA";

    /// <summary>The user's cache folder.</summary>
    public static string Cache => CacheOf(Environment.GetEnvironmentVariable);

    /// <summary>The folders searched: the one given, or else that of <see cref="Variable"/> and the user's cache.</summary>
    public static IReadOnlyList<string> Searched(string? given) => Searched(given, Environment.GetEnvironmentVariable);

    /// <summary>The folders searched in an environment of variables.</summary>
    internal static IReadOnlyList<string> Searched(string? given, Func<string, string?> variable)
    {
        if (given is not null) return [given];
        return variable(Variable) is { Length: > 0 } folder ? [folder, CacheOf(variable)] : [CacheOf(variable)];
    }

    /// <summary>Checks that the folder given, if any, is one, before data sets are looked for in it.</summary>
    /// <param name="given">The folder given; null for none.</param>
    /// <param name="dataset">A data set that can be fetched into it.</param>
    /// <exception cref="UserErrorException">It does not exist, or is a file; the message says what is expected.</exception>
    public static void Check(string? given, PublishedDataset dataset)
    {
        if (given is null || Directory.Exists(given)) return;
        var example = $"a folder that holds data sets, such as {Path.Combine(dataset.Name, dataset.Files[0].Name)}";
        throw File.Exists(given)
            ? new UserErrorException($"'{given}' is a file; 'DataDirectory' names {example}.")
            : new UserErrorException($"'{given}' does not exist; 'DataDirectory' names {example}.") { Remedy = new FetchDataset(dataset.Name, given) };
    }

    /// <summary>The folder a data set is fetched into: its own, in the first folder searched.</summary>
    public static string Target(PublishedDataset dataset, string? given) => Path.Combine(Searched(given)[0], dataset.Name);

    /// <summary>Finds a file of a data set, in its own folder or loose.</summary>
    /// <returns>The path and the checksum of the form found, or null.</returns>
    internal static (string Path, string Md5)? Find(PublishedDataset dataset, PublishedFile file, string? given)
    {
        var places =
            from root in Searched(given)
            from folder in new[] { Path.Combine(root, dataset.Name), root }
            from form in file.LocalForms
            select (Path: Path.Combine(folder, form.Name), form.Md5);
        foreach (var place in places)
            if (File.Exists(place.Path)) return place;
        return null;
    }

    private static string CacheOf(Func<string, string?> variable)
    {
        var local = variable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(local, "softperm", "data");
    }
}

/// <summary>Fetching a data set, as <see cref="DatasetFetcher"/> does.</summary>
/// <param name="Dataset">The data set's name.</param>
/// <param name="Folder">The folder of data sets that was given; null for none.</param>
public sealed record FetchDataset(string Dataset, string? Folder) : Remedy;
