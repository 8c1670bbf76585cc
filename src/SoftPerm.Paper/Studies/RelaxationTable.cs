using System.Globalization;
using SoftPerm.Paper.Drawing;

namespace SoftPerm.Paper.Studies;

/// <summary>Relaxations side by side, as a page for people: what the catalog declares of each, and what the study measured.</summary>
public static class RelaxationTable
{
    private static readonly (RelaxationProperties Property, string Head)[] Columns =
    [
        (RelaxationProperties.Matrix, "matrix"),
        (RelaxationProperties.DoublyStochastic, "columns sum to 1"),
        (RelaxationProperties.ArgmaxSorts, "argmax sorts"),
        (RelaxationProperties.Unimodal, "unimodal"),
        (RelaxationProperties.MonotoneOutput, "output in order"),
        (RelaxationProperties.ShiftInvariant, "blind to offsets"),
        (RelaxationProperties.ScaleEquivariant, "follows the scale"),
        (RelaxationProperties.PermutationEquivariant, "any input order"),
        (RelaxationProperties.UniformWhenHot, "uniform when hot"),
    ];

    /// <summary>What the catalog declares, as a table: what the conformance suite holds each relaxation to.</summary>
    public static string Declared() => MarkdownTable.Render(
        ["name", "relaxation", "time", "memory", "τ in", .. Columns.Select(column => column.Head), "source"],
        RelaxationCatalog.All.Select(known => (string[])[
            $"`{known.Name}`", known.Title, known.Time, known.Memory, known.TemperatureUnit,
            .. Columns.Select(column => known.Properties.HasFlag(column.Property) ? "yes" : ""), known.Source]));

    /// <summary>The page that helps to choose.</summary>
    internal static string Page(RelaxationStudyConfig config, IReadOnlyList<RelaxationRow> rows) =>
        $"""
        # Choosing a relaxation

        All of them stand behind `SoftOrdering` (sort, rank, top-k, quantile); those with a matrix are a `Relaxation` too, so that they
        apply to any values, have a cross-entropy to a true order, and are reparameterised by `PlackettLuce`. `Soft.*` takes any of them by
        `RelaxationCatalog.Of("name")`, and the tool by the same names.

        - **Start with `neural-sort`**: the row-wise argmax is the exact sort at every temperature, and long sequences cost O(n log n).
        - **`permutahedron`** for ranks and rank correlations: the cheapest, and exact below a temperature above 0. Its ranks are constant
          where they are exact: too low a temperature leaves no gradient at all.
        - **`soft-sort`** where rows should depend on distances between scores alone, in the unit of the scores.
        - **`lap-sum`** or **`sinkhorn`** where every item must get exactly one place's worth of mass: columns sum to 1, for `sinkhorn` in the
          limit of its iterations.
        - **`odd-even`** or **`bitonic`** to compare with sorting networks, or for their gradients; the order in which items are given matters.

        ## What each declares

        Generated from `RelaxationCatalog`; the conformance suite (`tests/SoftPerm.Tests/Relaxations/Conformance`) checks every property with a yes; times and memory are those of the algorithms.
        s is a unit of the scores, k a number of iterations; time and memory are those of an operator on the CPU, its gradient included.

        {Declared()}
        ## What each measures

        The same images sorted by a network that each of them trained: [records/relaxations](records/relaxations).

        {Measured(config, rows)}
        """;

    /// <summary>The measured tables.</summary>
    internal static string Measured(RelaxationStudyConfig config, IReadOnlyList<RelaxationRow> rows)
    {
        var facts = string.Create(CultureInfo.InvariantCulture, $"""
            The study of relaxations: float32, seed {config.Seed}, scale-free temperatures. *Correlation*: Spearman's ρ with the true order of new
            lists, of a linear scorer of 64 features after {config.Steps} steps of the Spearman loss on about 1,000 items each, the order observed with
            noise. *Gradient*: the mean cosine between the descent direction of that loss in random scores and the true ranks, in float64.
            *ms*: the median of soft ranks with their gradient for {config.WorkItems:#,0} standard normal items in lists of n, at the temperature
            of a deviation of 1, and the same in times of `torch.sort` with its gradient. *Memory*: what the same ranks and gradient take
            at their peak, in a fresh process.
            """);
        var groups = rows.GroupBy(row => row.Cell.Items).Select(group => string.Create(CultureInfo.InvariantCulture, $"### n = {group.Key:#,0}\n\n{Table(group)}"));
        return $"{facts}\n\n{string.Join('\n', groups)}";
    }

    /// <summary>The fastest and the most faithful at each n.</summary>
    internal static string Summary(IReadOnlyList<RelaxationRow> rows) => string.Join('\n', rows.GroupBy(row => row.Cell.Items).Select(group =>
        $"n = {group.Key}: fastest {group.MinBy(row => row.Milliseconds)!.Cell.Relaxation}, best order {group.MaxBy(row => row.Correlation)!.Cell.Relaxation}"));

    private static string Table(IEnumerable<RelaxationRow> rows) => MarkdownTable.Render(
        ["relaxation", ">correlation", ">gradient", ">ms", ">× torch.sort", ">memory"],
        rows.Select(row => (string[])[
            row.Cell.Relaxation, MarkdownTable.Proportion(row.Correlation), MarkdownTable.Proportion(row.GradientCosine),
            MarkdownTable.Number(row.Milliseconds), MarkdownTable.Number(row.Ratio), row.Memory]));
}
