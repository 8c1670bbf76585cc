using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using SoftPerm.Paper.Drawing;
using SoftPerm.Paper.Tasks;
using SoftPerm.Training;
using SoftPerm.Training.IO;
using SoftPerm.Training.Runs;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tables;

/// <summary>Figure 7: how noisy the reparameterised gradient is against the temperature, in the stochastic runs of Table 1.</summary>
internal sealed class GradientVarianceFigure(SortTable runs) : ReproducedTable
{
    private const string RecordName = "log-variance.json", PictureName = "log-variance.png";
    private const int Sequences = 4, Draws = 64;
    private static readonly double[] Temperatures = [0.125, 0.25, 0.5, 1, 2, 4, 8, 16];
    private static readonly Color[] Colors = [PlotLook.Blue, PlotLook.Orange, Color.FromHex("#2e8b57")];

    /// <inheritdoc/>
    public override string Name => "figure7";

    /// <inheritdoc/>
    public override string Title => "Figure 7: variance of the gradient against the temperature";

    /// <inheritdoc/>
    public override string RunsOf => runs.Name;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Columns => [.. Cells.Select(c => c.Column)];

    /// <inheritdoc/>
    public override IReadOnlyList<ReproducedCell> Cells { get; } = [.. runs.Cells.Where(c => c is { Method: OrderObjectives.Stochastic, Column: "3" or "5" or "9" })];

    /// <inheritdoc/>
    public override void Finish(ReproductionFolder folder, ReproductionOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var record = Read(folder) ?? new GradientVarianceRecord([], []);
        foreach (var cell in Cells.Where(options.Includes))
        {
            if (record.Rows.Any(r => r.Items == cell.Column && r.Minutes == options.Minutes)) continue;
            var path = folder.Of(RunsOf, options.Minutes, cell);
            if (RunFolder.Open(path).Checkpoints.Best is null)
            {
                progress?.Report(new NoteProgress($"{cell.Name}: {path} has a result but no weights any more; not measured"));
                continue;
            }

            using var model = TrainedSorter.Open(path);
            var digits = model.OpenData(options.DataDirectory).Test;
            List<GradientVarianceRow> rows = [];
            foreach (var temperature in Temperatures)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var noise = new Generator(model.Config.Seed);
                rows.Add(new GradientVarianceRow(cell.Column, options.Minutes, temperature, model.LogGradientVariance(digits, model.Config.Items, Sequences, temperature, Draws, noise)));
                progress?.Report(new NoteProgress(rows[^1].ToString()));
            }

            record = new GradientVarianceRecord([.. record.Environments, RunEnvironment.Capture()], [.. record.Rows, .. rows]);
            FileGuard.Run("make the folder of", At(folder, RecordName), () => Directory.CreateDirectory(At(folder, "")));
            JsonFile.Write(At(folder, RecordName), record);
            StudyPlot.Save(At(folder, PictureName), plot => Draw(plot, Latest(record)));
        }
    }

    /// <inheritdoc/>
    public override string Render(ReproductionFolder folder)
    {
        if (Read(folder) is not { } record) return "(no run yet)";
        var latest = Latest(record);
        var heads = latest.GroupBy(r => r.Items).Select(g => $">{NameOf(g)}");
        var groups = latest.GroupBy(r => r.Temperature).Select(g => (string[])[
            g.Key.ToString(CultureInfo.InvariantCulture),
            .. g.Select(r => r.LogVariance.ToString("f2", CultureInfo.InvariantCulture))]);
        return $"""
            The logarithm (base 10) of the variance of the loss's gradient over Gumbel noise, one draw a gradient, {Draws} draws, {Sequences} test sequences, the mean over
            all weights of a trained stochastic run. The paper draws its running mean during training.

            ![log-variance against the temperature]({Name}/{PictureName})

            {MarkdownTable.Render([">τ", .. heads], groups)}
            """;
    }

    /// <summary>The rows of the run with the most time for each n, the smallest n first.</summary>
    private static IReadOnlyList<GradientVarianceRow> Latest(GradientVarianceRecord record) =>
    [
        .. record.Rows.GroupBy(r => r.Items).OrderBy(g => int.Parse(g.Key, CultureInfo.InvariantCulture))
            .SelectMany(g => g.Where(r => r.Minutes == g.Max(other => other.Minutes))),
    ];

    /// <summary>What the rows of one run are called in table and picture.</summary>
    private static string NameOf(IGrouping<string, GradientVarianceRow> run) => FormattableString.Invariant($"n = {run.Key} ({run.First().Minutes} min)");

    private static void Draw(Plot plot, IReadOnlyList<GradientVarianceRow> rows)
    {
        foreach (var (k, group) in rows.GroupBy(r => r.Items).Index())
        {
            var line = plot.Add.ScatterLine(group.Select(r => Math.Log2(r.Temperature)).ToArray(), group.Select(r => r.LogVariance).ToArray(), Colors[k % Colors.Length]);
            line.LineWidth = 2.5f;
            line.MarkerSize = 7;
            line.LegendText = NameOf(group);
        }

        PlotLook.Apply(plot, "", "temperature τ", "log10 variance of the gradient");
        var ticks = new NumericManual();
        foreach (var temperature in Temperatures) ticks.AddMajor(Math.Log2(temperature), temperature.ToString(CultureInfo.InvariantCulture));
        plot.Axes.Bottom.TickGenerator = ticks;
    }

    private GradientVarianceRecord? Read(ReproductionFolder folder) =>
        File.Exists(At(folder, RecordName)) ? JsonFile.Read<GradientVarianceRecord>(At(folder, RecordName)) : null;

    private string At(ReproductionFolder folder, string name) => Path.Join(folder.Path, Name, name);
}

/// <summary>What was measured for Figure 7.</summary>
/// <param name="Environments">Where and how: an entry for each time.</param>
/// <param name="Rows">The figures.</param>
internal sealed record GradientVarianceRecord(IReadOnlyList<RunEnvironment> Environments, IReadOnlyList<GradientVarianceRow> Rows);

/// <summary>The noise of a run's gradient at one temperature.</summary>
/// <param name="Items">The run's n.</param>
/// <param name="Minutes">The minutes it was trained for.</param>
/// <param name="Temperature">τ.</param>
/// <param name="LogVariance">log10 of the variance.</param>
internal sealed record GradientVarianceRow(string Items, double Minutes, double Temperature, double LogVariance)
{
    public override string ToString() => FormattableString.Invariant($"n = {Items}, temperature {Temperature}: log-variance {LogVariance:f2}");
}
