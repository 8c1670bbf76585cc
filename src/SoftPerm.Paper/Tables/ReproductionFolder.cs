using System.Globalization;
using SoftPerm.Paper.Tasks;
using SoftPerm.Training;
using SoftPerm.Training.Runs;

namespace SoftPerm.Paper.Tables;

/// <summary>Where the runs of a reproduction are: TABLE/MINUTES-minutes/METHOD-COLUMN, those without a budget TABLE/METHOD-COLUMN, and the page that shows them.</summary>
/// <param name="path">The folder.</param>
internal sealed class ReproductionFolder(string path)
{
    private const string Suffix = "-minutes";

    /// <summary>The folder, as an absolute path.</summary>
    /// <exception cref="UserErrorException">Its name is empty.</exception>
    public string Path { get; } = !string.IsNullOrWhiteSpace(path)
        ? System.IO.Path.GetFullPath(path)
        : throw new UserErrorException("The reproduction's folder has an empty name; name a folder.");

    /// <summary>The folder of a cell's run.</summary>
    public string Of(string table, double minutes, ReproducedCell cell) =>
        System.IO.Path.Join(Path, table, cell.DependsOnMinutes ? minutes.ToString("0.#########", CultureInfo.InvariantCulture) + Suffix : "", cell.Name);

    /// <summary>The minutes that a table has runs of, ascending.</summary>
    public IReadOnlyList<double> Budgets(string table)
    {
        var folder = System.IO.Path.Join(Path, table);
        if (!Directory.Exists(folder)) return [];
        return
        [
            .. Directory.EnumerateDirectories(folder, "*" + Suffix)
                .Select(d => double.TryParse(System.IO.Path.GetFileName(d)[..^Suffix.Length], CultureInfo.InvariantCulture, out var m) ? m : double.NaN)
                .Where(double.IsFinite).Order(),
        ];
    }

    /// <summary>The record of a cell's run; null where it has none yet.</summary>
    public TrainingResult<TConfig, TTest>? Result<TConfig, TTest>(string table, double minutes, ReproducedCell cell)
        where TConfig : PaperConfig, new()
    {
        var folder = Of(table, minutes, cell);
        return RunFolder.Exists(folder) ? RunFolder.Open(folder).ReadResult<TrainingResult<TConfig, TTest>>() : null;
    }
}
