using SoftPerm.Paper.Studies;
using SoftPerm.TestKit;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Paper.Tests.Studies;

public sealed class GradientStudyTests : IDisposable
{
    private static readonly GradientStudyConfig Tiny = new() { Items = [4], Temperatures = [1], Repetitions = 2000, CriticSteps = 20, TimedCalls = 3 };

    private readonly TemporaryFolder folder = new();
    private readonly List<string> lines = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Unbiased_estimators_have_no_bias_and_leave_one_out_takes_variance_away()
    {
        var rows = Measure(Tiny);
        Assert.Equal(Tiny.Cells(), rows.Select(r => r.Cell));
        foreach (var row in rows)
        {
            var figures = row.Figures;
            Assert.True(figures.Variance > 0 && row.Milliseconds > 0 && row.EvaluationsSpent is > 0 and <= 6, row.ToString());
            if (row.Cell.Estimator is "reparameterised" or "straight-through") continue;
            Assert.True(Math.Abs(figures.BiasSquared) <= 5 * figures.BiasSquaredError, $"{row}: squared bias {figures.BiasSquared} ± {figures.BiasSquaredError}");
            Assert.True(Math.Abs(figures.MeanSquaredError - figures.Variance) <= 5 * figures.MeanSquaredErrorError, row.ToString());
        }

        Assert.True(Variance("leave-one-out") < 0.8 * Variance("score-function"));
        Assert.True(Variance("relax") < Variance("leave-one-out"));

        double Variance(string name) => rows.First(r => r.Cell.Estimator == name).Figures.Variance;
    }

    [Fact]
    public void High_temperatures_bias_the_reparameterised_gradient_and_that_is_seen()
    {
        var row = Assert.Single(Measure(Tiny with { Estimators = ["reparameterised"], Temperatures = [10] }));
        Assert.True(row.Figures.IsBiasSeen && row.Figures.BiasOrLimit > 0.3, $"bias {row.Figures.BiasOrLimit}");
    }

    [Fact]
    public void Rebar_pays_for_relaxed_evaluations_and_the_unordered_set_stops_at_all_orders()
    {
        var rows = Measure(Tiny with { Estimators = ["rebar", "unordered-set", "relax"], Items = [3], Evaluations = [10], Repetitions = 10, CriticSteps = 0 });
        Assert.Equal([(3, 9), (6, 6), (10, 10)], rows.Select(r => (r.Samples, r.EvaluationsSpent)));
        Assert.True(rows[1].Figures.MeanSquaredError < 1e-20); // all orders drawn: exact
    }

    [Fact]
    public void A_stopped_study_continues_without_repeating()
    {
        var config = Tiny with { Estimators = ["score-function", "moving-average", "leave-one-out"], Repetitions = 100 };
        var whole = Measure(config);
        using var stop = new CancellationTokenSource();
        lines.Clear();
        Assert.Null(GradientStudy.Run(config, folder.At("stopped"), new ImmediateProgress<string>(line => { lines.Add(line); stop.Cancel(); }), stop.Token));
        var first = Assert.Single(Rows("stopped", config));
        Assert.False(File.Exists(folder.At("stopped", "table.md")));

        lines.Clear();
        Assert.NotNull(GradientStudy.Run(config, folder.At("stopped"), new ImmediateProgress<string>(lines.Add), TestContext.Current.CancellationToken));
        Assert.Equal(3, lines.Count); // what is there already, and the two that were missing
        var continued = Rows("stopped", config);
        Assert.Equal(first, continued[0]);
        Assert.Equal(whole.Select(r => r with { Milliseconds = 0 }), continued.Select(r => r with { Milliseconds = 0 }));
    }

    [Fact]
    public void Other_settings_are_not_mixed_into_a_folder()
    {
        Measure(Tiny with { Estimators = ["score-function"], Repetitions = 10 });
        var error = Assert.Throws<UserErrorException>(() => Measure(Tiny with { Estimators = ["score-function"], Repetitions = 11 }));
        Assert.Contains("other settings", error.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<GradientRow> Measure(GradientStudyConfig config)
    {
        Assert.NotNull(GradientStudy.Run(config, folder.At("study"), new ImmediateProgress<string>(lines.Add), TestContext.Current.CancellationToken));
        return Rows("study", config);
    }

    private IReadOnlyList<GradientRow> Rows(string name, GradientStudyConfig config) => new StudyFolder<GradientStudyConfig, GradientRow>(folder.At(name), config).Rows;
}
