namespace SoftPerm.Experiments.Reproduction;

/// <summary>A table or figure of the paper, from runs of our own.</summary>
internal abstract class ReproducedTable
{
    /// <summary>As the command names it.</summary>
    public abstract string Name { get; }

    /// <summary>What it shows.</summary>
    public abstract string Title { get; }

    /// <summary>The table whose runs it shows: its own name, or another's.</summary>
    public virtual string RunsOf => Name;

    /// <summary>The option that chooses columns.</summary>
    public virtual string ColumnOption => "--items";

    /// <summary>All cells, in the order they are run in.</summary>
    public abstract IReadOnlyList<ReproducedCell> Cells { get; }

    /// <summary>The rows.</summary>
    public IReadOnlyList<string> Methods => [.. Cells.Select(c => c.Method).Distinct()];

    /// <summary>The columns, as they stand in the table.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>Measures what is to be measured on finished runs, and is not yet.</summary>
    public virtual void Finish(ReproductionFolder folder, ReproductionOptions options, Action<string> report, CancellationToken stop)
    {
    }

    /// <summary>Shows the records there are, beside the paper's values, as Markdown.</summary>
    public abstract string Render(ReproductionFolder folder);
}
