using SoftPerm.Training;

namespace SoftPerm.Paper.Tables;

/// <summary>Which cells of a table to run, and with how much time.</summary>
/// <param name="Minutes">Processor minutes of one core for the training of a cell.</param>
/// <param name="Methods">Only these methods; null for all.</param>
/// <param name="Columns">Only these columns: numbers of items, or data sets; null for all.</param>
/// <param name="DataDirectory">The folder of data sets, if given.</param>
public sealed record ReproductionOptions(double Minutes, IReadOnlyList<string>? Methods, IReadOnlyList<string>? Columns, string? DataDirectory)
{
    /// <summary>Checks them against a table.</summary>
    /// <exception cref="UserErrorException">There is no such method or column, or the minutes are not positive.</exception>
    internal void Validate(ReproducedTable table)
    {
        if (!(Minutes >= 1e-9 && Minutes <= 100_000)) throw new UserErrorException(FormattableString.Invariant($"'{nameof(Minutes)}' is {Minutes}; allowed: 1e-9 to 100000."));
        RequireKnown(Methods, table.Methods, nameof(Methods));
        RequireKnown(Columns, table.Columns, table.ColumnSetting);
        RequireCells(Methods, table, cell => cell.Method, nameof(Methods), table.ColumnSetting);
        RequireCells(Columns, table, cell => cell.Column, table.ColumnSetting, nameof(Methods));
    }

    /// <summary>Refuses what no cell asked for has.</summary>
    private void RequireCells(IReadOnlyList<string>? given, ReproducedTable table, Func<ReproducedCell, string> of, string setting, string other)
    {
        if (given?.FirstOrDefault(name => !table.Cells.Any(cell => of(cell) == name && Includes(cell))) is not { } alone) return;
        throw new UserErrorException($"'{setting}' has '{alone}', which {table.Name} has no cell of with these '{other}'; leave it out, or choose other '{other}'.");
    }

    /// <summary>Whether a cell is asked for.</summary>
    internal bool Includes(ReproducedCell cell) => (Methods?.Contains(cell.Method) ?? true) && (Columns?.Contains(cell.Column) ?? true);

    private static void RequireKnown(IReadOnlyList<string>? given, IReadOnlyList<string> known, string setting)
    {
        if (given?.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
            throw new UserErrorException($"'{setting}' has '{unknown}'; allowed: {string.Join(", ", known)}.");
    }
}
