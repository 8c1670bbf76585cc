using SoftPerm.Paper.Studies;
using SoftPerm.TestKit;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Paper.Tests.Studies;

public sealed class TemperatureStudyTests : IDisposable
{
    private static readonly TemperatureStudyConfig Tiny = new() { Items = [3, 20], PerDecade = 1, Samples = 200 };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_distance_to_the_exact_permutation_goes_to_0_with_the_temperature()
    {
        var rows = Measure(Tiny);
        foreach (var group in rows.GroupBy(r => r.Cell.Items))
        {
            var distances = group.Select(r => r.Deterministic.RowDistance.Mean).ToArray();
            Assert.Equal(distances.OrderDescending(), distances);
            var lowest = group.MinBy(r => r.Cell.Temperature)!;
            Assert.Equal(0.001, lowest.Cell.Temperature);
            Assert.True(lowest.Deterministic.RowDistance.Mean < 1e-6 && lowest.Deterministic.MeanSquare.Mean < 1e-6, lowest.ToString());
            // Perturbed scores may be as close as the temperature, but seldom are.
            Assert.True(lowest.Stochastic.RowDistance.Mean < 0.02, lowest.ToString());
            Assert.Equal(0, lowest.Deterministic.RowDistance.StandardError);
        }
    }

    [Fact]
    public void The_gradient_of_the_cross_entropy_gets_noisier_as_the_temperature_falls()
    {
        foreach (var group in Measure(Tiny).GroupBy(r => r.Cell.Items))
        {
            var rising = group.OrderByDescending(r => r.Cell.Temperature).Select(r => r.CrossEntropy.Mean).ToArray();
            Assert.Equal(rising.Order(), rising);
            Assert.All(group, r => Assert.True(double.IsFinite(r.CrossEntropy.StandardError)));
        }
    }

    [Fact]
    public void Temperatures_run_from_end_to_end()
    {
        Assert.Equal([100, 10, 1, 0.1, 0.01, 0.001], Tiny.Temperatures());
        Assert.Equal([2, 1], new TemperatureStudyConfig { From = 2, To = 1, PerDecade = 1 }.Temperatures());
    }

    [Fact]
    public void A_stopped_study_continues_without_repeating()
    {
        using var stop = new CancellationTokenSource();
        Assert.Null(TemperatureStudy.Run(Tiny, folder.At("study"), new ImmediateProgress<string>(_ => stop.Cancel()), stop.Token));
        var lines = new List<string>();
        Assert.NotNull(TemperatureStudy.Run(Tiny, folder.At("study"), new ImmediateProgress<string>(lines.Add), TestContext.Current.CancellationToken));
        Assert.Equal(Tiny.Cells().Count(), lines.Count); // one line says what is there already, and one cell is
        foreach (var file in new[] { "result.json", "table.md", "distance.png", "log-variance.png" }) Assert.True(new FileInfo(folder.At("study", file)).Length > 0, file);
    }

    private IReadOnlyList<TemperatureRow> Measure(TemperatureStudyConfig config)
    {
        Assert.NotNull(TemperatureStudy.Run(config, folder.At("study"), null, TestContext.Current.CancellationToken));
        return new StudyFolder<TemperatureStudyConfig, TemperatureRow>(folder.At("study"), config).Rows;
    }
}
