namespace SoftPerm.TestKit;

/// <summary>Published data sets, where this machine has them: in SOFTPERM_DATA, or in shared/data beside the repository.</summary>
public static class RealData
{
    /// <summary>The folder that holds a data set's own folder, or null.</summary>
    public static string? FolderWith(string dataset)
    {
        var roots = new List<string>();
        if (Environment.GetEnvironmentVariable("SOFTPERM_DATA") is { Length: > 0 } given) roots.Add(given);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            roots.Add(Path.Combine(folder.FullName, "shared", "data"));
        return roots.FirstOrDefault(root => Directory.Exists(Path.Combine(root, dataset)));
    }
}
