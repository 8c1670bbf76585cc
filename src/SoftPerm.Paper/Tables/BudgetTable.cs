using SoftPerm.Paper.Drawing;
using SoftPerm.Paper.Tasks;
using SoftPerm.Training;

namespace SoftPerm.Paper.Tables;

/// <summary>Markdown for a table whose cells are trained: the paper's rows, then those of each budget of minutes with the steps they had.</summary>
internal static class BudgetTable
{
    /// <summary>Draws it.</summary>
    /// <param name="table">The table whose runs are shown.</param>
    /// <param name="folder">Where its runs are.</param>
    /// <param name="heads">The columns' heads.</param>
    /// <param name="paper">The paper's rows: a name, then the cells.</param>
    /// <param name="show">A record as a cell.</param>
    /// <param name="untrained">Rows that no budget counts for: where they come from, a name, then the cells.</param>
    public static string Render<TConfig, TTest>(
        ReproducedTable table, ReproductionFolder folder, IReadOnlyList<string> heads,
        IEnumerable<IReadOnlyList<string>> paper, Func<TrainingResult<TConfig, TTest>, string?> show, IEnumerable<IReadOnlyList<string>>? untrained = null)
        where TConfig : PaperConfig, new()
    {
        List<(string Machine, string Column)> runs = [];
        List<IReadOnlyList<string>> rows = [.. paper.Select(row => (IReadOnlyList<string>)["paper", .. row]), .. untrained ?? []];
        foreach (var minutes in folder.Budgets(table.RunsOf))
        {
            foreach (var method in table.Methods)
            {
                var results = table.Columns.Select(column => table.Cells.FirstOrDefault(c => c.Method == method && c.Column == column) is TrainedCell<TConfig, TTest> cell
                    ? folder.Result<TConfig, TTest>(table.RunsOf, minutes, cell) : null).ToArray();
                if (results.All(r => r is null || show(r) is null)) continue;
                runs.AddRange(heads.Zip(results).Where(r => r.Second is not null)
                    .Select(r => (r.Second!.Environment.Machine, FormattableString.Invariant($"{r.First} ({minutes:0.###} min)"))));
                var steps = string.Join(" / ", results.Select(r => r is null ? "–" : Cost(r)));
                rows.Add([FormattableString.Invariant($"{minutes:0.###} min"), method, .. results.Select(r => r is null ? "" : show(r) ?? ""), steps]);
            }
        }

        var cells = MarkdownTable.Render(["run", "method", .. heads, "steps (minutes)"], rows.Select(row => row.Count == heads.Count + 2 ? [.. row, ""] : row));
        // The same minutes are other steps on another machine.
        var machines = runs.Distinct().GroupBy(r => r.Machine, r => r.Column).Select(m => $"{string.Join(", ", m)} on {m.Key}");
        return $"{cells}\n{(runs.Count == 0 ? "" : $"Run: {string.Join("; ", machines)}.\n")}";
    }

    private static string Cost<TConfig, TTest>(TrainingResult<TConfig, TTest> result)
        where TConfig : PaperConfig, new()
        => FormattableString.Invariant($"{result.Steps:#,0}{(result.ProcessorSeconds > 0 ? $" ({result.ProcessorSeconds / 60:f1})" : "")}");
}
