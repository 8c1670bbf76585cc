namespace SoftPerm.Experiments.Studies;

/// <summary>Measures the cells of a study that an earlier start has not.</summary>
internal static class StudyRunner
{
    /// <summary>Measures what is missing, a row written after each cell.</summary>
    /// <param name="folder">Where rows are kept.</param>
    /// <param name="cells">All cells, in a fixed order.</param>
    /// <param name="cellOf">The cell of a row.</param>
    /// <param name="measure">Measures a cell, given its number, from which it seeds its noise: a continued study draws what an uninterrupted one does.</param>
    /// <param name="report">Takes a line of progress.</param>
    /// <param name="stop">Stops the study; rows written stay.</param>
    /// <returns>Whether all cells are measured.</returns>
    public static bool Complete<TConfig, TCell, TRow>(
        StudyFolder<TConfig, TRow> folder, IEnumerable<TCell> cells, Func<TRow, TCell> cellOf,
        Func<TCell, ulong, TRow> measure, Action<string> report, CancellationToken stop)
    {
        var known = folder.Rows.Select(cellOf).ToHashSet();
        TCell[] all = [.. cells];
        if (known.Count > 0) report($"{known.Count} of {all.Length} cells are there already.");
        foreach (var (number, cell) in all.Index())
        {
            if (known.Contains(cell)) continue;
            try
            {
                stop.ThrowIfCancellationRequested();
                var row = measure(cell, (ulong)number);
                folder.Append(row);
                report($"[{number + 1}/{all.Length}] {row}");
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return false;
            }
        }

        return true;
    }
}
