using SoftPerm.Training.IO;

namespace SoftPerm.Benchmarks.Ratios.Reports;

/// <summary>The folder of one machine's results: <c>ratios.json</c>, <c>ratios.md</c>, <c>growth.png</c>.</summary>
/// <param name="folder">Created when there is something to store.</param>
internal sealed class ResultStore(string folder)
{
    private readonly string json = Path.Combine(folder, "ratios.json");

    /// <summary>The picture of time against length.</summary>
    public string Picture { get; } = Path.Combine(folder, "growth.png");

    /// <summary>What is stored.</summary>
    public Results Load() => File.Exists(json) ? JsonFile.Read<Results>(json) : Results.None;

    /// <summary>Stores a group's run in place of its last one, and leaves those of other groups alone.</summary>
    public void Save(GroupResult run)
    {
        Directory.CreateDirectory(folder);
        var results = Load().With(run);
        JsonFile.Write(json, results);
        File.WriteAllText(Path.Combine(folder, "ratios.md"), MarkdownReport.Render(results));
        if (run.Name == Growth.Group.Name) GrowthPlot.Draw(run, Picture);
    }
}
