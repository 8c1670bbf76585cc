using SoftPerm.Training;
using SoftPerm.Training.IO;
using SoftPerm.Training.Runs;

namespace SoftPerm.Paper.Studies;

/// <summary>What a study leaves on disk: result.json, written anew after each row, then table.md and pictures.</summary>
internal sealed class StudyFolder<TConfig, TRow>
{
    private const string ResultName = "result.json";
    private readonly string path;
    private StudyRecord<TConfig, TRow> record;
    private bool hasMeasured;

    /// <summary>Opens a folder for a study, with the rows that an earlier start left there.</summary>
    /// <exception cref="UserErrorException">It holds a study with other settings, or cannot be written to.</exception>
    public StudyFolder(string path, TConfig config)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new UserErrorException("The study's folder has an empty name; name a folder.");
        this.path = Path.GetFullPath(path);
        record = new StudyRecord<TConfig, TRow>([], config, []);
        if (!File.Exists(At(ResultName)))
        {
            FileGuard.Run("make the folder", path, () => Directory.CreateDirectory(this.path));
            return;
        }

        record = JsonFile.Read<StudyRecord<TConfig, TRow>>(At(ResultName));
        if (JsonFile.Text(record.Config) != JsonFile.Text(config))
            throw new UserErrorException($"'{path}' already holds a study with other settings (see its {ResultName}); give the same settings to continue it, or name another folder.");
    }

    /// <summary>The rows measured so far.</summary>
    public IReadOnlyList<TRow> Rows => record.Rows;

    /// <summary>Adds a row, and has it on the disk before it returns.</summary>
    public void Append(TRow row)
    {
        var environments = hasMeasured ? record.Environments : [.. record.Environments, RunEnvironment.Capture()];
        record = record with { Environments = environments, Rows = [.. record.Rows, row] };
        JsonFile.Write(At(ResultName), record);
        hasMeasured = true;
    }

    /// <summary>Writes a text file, whole or not at all.</summary>
    public void WriteText(string name, string text) => FileGuard.Run("write", At(name), () => AtomicFile.WriteAllText(At(name), text));

    /// <summary>The path of a file in the folder.</summary>
    public string At(string name) => Path.Join(path, name);
}

/// <summary>The content of a study's result.json.</summary>
/// <param name="Environments">Where and how rows came about: one entry for each time that the study was started and measured some.</param>
/// <param name="Config">The settings.</param>
/// <param name="Rows">What was measured, in order.</param>
internal sealed record StudyRecord<TConfig, TRow>(IReadOnlyList<RunEnvironment> Environments, TConfig Config, IReadOnlyList<TRow> Rows);

/// <summary>Measures the cells of a study that an earlier start has not.</summary>
internal static class StudyRunner
{
    /// <summary>Measures what is missing, a row written after each cell.</summary>
    /// <param name="folder">Where rows are kept.</param>
    /// <param name="cells">All cells, in a fixed order.</param>
    /// <param name="cellOf">The cell of a row.</param>
    /// <param name="measure">Measures a cell, given its number, from which it seeds its noise: a continued study draws what an uninterrupted one does.</param>
    /// <param name="progress">Takes a line of progress.</param>
    /// <param name="cancellationToken">Stops the study; rows written stay.</param>
    /// <returns>Whether all cells are measured.</returns>
    public static bool Complete<TConfig, TCell, TRow>(
        StudyFolder<TConfig, TRow> folder, IEnumerable<TCell> cells, Func<TRow, TCell> cellOf,
        Func<TCell, ulong, TRow> measure, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var known = folder.Rows.Select(cellOf).ToHashSet();
        TCell[] all = [.. cells];
        if (known.Count > 0) progress?.Report($"{known.Count} of {all.Length} cells are there already.");
        foreach (var (number, cell) in all.Index())
        {
            if (known.Contains(cell)) continue;
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                var row = measure(cell, (ulong)number);
                folder.Append(row);
                progress?.Report($"[{number + 1}/{all.Length}] {row}");
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }

        return true;
    }
}
