using System.Globalization;
using SoftPerm.Paper.Drawing;

namespace SoftPerm.Paper.Studies;

/// <summary>The study of gradients as a page for people.</summary>
internal static class GradientTable
{
    private const string Introduction = """
        # Gradient estimators against the exact gradient

        The gradient, in the logits of a Plackett-Luce distribution, of the expected cost `mean_j (r_j - t_j)² / ((n² - 1) / 6)`: r_j is
        the place of item j, read through the operator (`p.ApplyTranspose(places)`), t_j the place where it should be. Logits are a
        seeded standard normal draw, the target order one that knows nothing of them. On orders the cost is linear in the places,
        which suits the critic of RELAX: soft places, then a small network.

        **One budget for all:** a call spends at most so many *evaluations* of the cost, relaxed ones included. REBAR spends three a
        sample, the others one; the unordered set never draws more samples than there are orders. What RELAX spends on its
        critic and a tuned REBAR on its scale, once and beforehand, is in a column of its own and not in the budget.

        All in units of the exact gradient g: *variance* is the trace of the covariance over ‖g‖², *error²* the mean of
        ‖estimate - g‖² over ‖g‖² (squared bias and variance together; ± one standard error), *bias* is ‖mean - g‖ over ‖g‖ without what
        noise adds to it, ± one standard error; where its square does not stand out by two standard errors, only a limit is given, `<`
        two standard errors above what was found. *ms* is the median of single calls with their backward pass, on one
        thread. `rebar` has the scale 1, `rebar-tuned` the one that `Tuned` finds.


        """;

    /// <summary>The whole page.</summary>
    public static string Page(GradientStudyConfig config, IReadOnlyList<GradientRow> rows)
    {
        var facts = string.Create(
            CultureInfo.InvariantCulture, $"{config.Repetitions} independent estimates of each gradient; seed {config.Seed}; the critic trained for {config.CriticSteps} steps.");
        var groups = rows.GroupBy(r => (r.Cell.Items, r.Cell.Evaluations)).Select(g =>
            string.Create(CultureInfo.InvariantCulture, $"## n = {g.Key.Items}, {g.Key.Evaluations} evaluations\n\nExact gradient: {g.First().Judge}.\n\n{Table(g)}"));
        return $"{Introduction}{facts}\n\n## Variance at a glance\n\n{Overview(rows)}\n{string.Join("\n", groups)}";
    }

    /// <summary>Variances by estimator and n: with a temperature, at the one with the least mean squared error, which stands behind.</summary>
    public static string Overview(IReadOnlyList<GradientRow> rows)
    {
        (int Items, long Evaluations)[] columns = [.. rows.Select(r => (r.Cell.Items, r.Cell.Evaluations)).Distinct()];
        var budgets = columns.Select(c => c.Evaluations).Distinct().Count();
        var heads = columns.Select(c => string.Create(CultureInfo.InvariantCulture, $">n = {c.Items}{(budgets > 1 ? $", {c.Evaluations} ev." : "")}"));
        var best = Best(rows).ToLookup(r => r.Cell.Estimator);
        return MarkdownTable.Render(["estimator", .. heads], best.Select(g => (string[])[g.Key, .. columns.Select(c => Cell(g, c))]));

        static string Cell(IEnumerable<GradientRow> rows, (int Items, long Evaluations) column) =>
            rows.FirstOrDefault(r => (r.Cell.Items, r.Cell.Evaluations) == column) is { } row
                ? row.Cell.Temperature is { } t ? $"{Number(row.Figures.Variance)} (τ {Number(t)})" : Number(row.Figures.Variance)
                : "";
    }

    /// <summary>Of each estimator, n and budget the row with the least mean squared error.</summary>
    public static IEnumerable<GradientRow> Best(IEnumerable<GradientRow> rows) =>
        rows.GroupBy(r => r.Cell with { Temperature = null }).Select(g => g.MinBy(r => r.Figures.MeanSquaredError)!);

    private static string Table(IEnumerable<GradientRow> rows) => MarkdownTable.Render(
        ["estimator", ">τ", ">samples", ">evaluations", ">trained on", ">bias", ">variance", ">error²", ">ms"],
        rows.Select(r => (string[])[
            r.Cell.Estimator, r.Cell.Temperature is { } t ? Number(t) : "", Number(r.Samples), Number(r.EvaluationsSpent),
            r.TrainingEvaluations > 0 ? Number(r.TrainingEvaluations) : "", Bias(r.Figures), Number(r.Figures.Variance),
            $"{Number(r.Figures.MeanSquaredError)} ± {Number(r.Figures.MeanSquaredErrorError)}", Number(r.Milliseconds)]));

    private static string Bias(GradientFigures figures) =>
        figures.IsBiasSeen ? $"{Number(figures.BiasOrLimit)} ± {Number(figures.BiasError)}" : $"< {Number(figures.BiasOrLimit)}";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => value is 0 or >= 0.001 and < 1e6
        ? value.ToString(Math.Abs(value) switch { >= 100 => "0", >= 10 => "0.#", >= 1 => "0.##", _ => "0.###" }, CultureInfo.InvariantCulture)
        : value.ToString("0.0e0", CultureInfo.InvariantCulture);
}
