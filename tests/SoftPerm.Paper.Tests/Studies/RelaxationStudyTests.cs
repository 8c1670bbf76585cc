using SoftPerm.Paper.Studies;
using SoftPerm.TestKit;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Paper.Tests.Studies;

public sealed class RelaxationStudyTests : IDisposable
{
    private static readonly RelaxationStudyConfig Tiny = new() { Relaxations = ["neural-sort", "permutahedron"], Items = [10], Steps = 30, WorkItems = 2000 };

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Relaxations => [.. RelaxationCatalog.All.Select(known => known.Name)];

    public void Dispose() => folder.Dispose();

    [Theory, MemberData(nameof(Relaxations))]
    public void Every_relaxation_learns_and_its_gradient_points_the_right_way(string relaxation)
    {
        var measurement = new RelaxationMeasurement(Tiny, _ => 7, TestContext.Current.CancellationToken);
        var trained = measurement.Measure(new RelaxationCell(relaxation, 10), 0);
        var untrained = new RelaxationMeasurement(Tiny with { Steps = 1 }, _ => null, TestContext.Current.CancellationToken).Measure(new RelaxationCell(relaxation, 10), 0);
        Assert.True(trained.Correlation > untrained.Correlation + 0.2, $"{trained}; untrained {untrained.Correlation}");
        Assert.InRange(trained.GradientCosine, 0.3, 1);
        Assert.True(trained is { Milliseconds: > 0, SortMilliseconds: > 0, PeakBytes: 7 });
    }

    [Fact]
    public void A_stopped_study_continues_without_repeating()
    {
        using var stop = new CancellationTokenSource();
        Assert.Null(RelaxationStudy.Run(Tiny, folder.At("study"), PeakBytes, new ImmediateProgress<string>(_ => stop.Cancel()), stop.Token));
        var lines = new List<string>();
        Assert.Contains("best order", RelaxationStudy.Run(Tiny, folder.At("study"), PeakBytes, new ImmediateProgress<string>(lines.Add), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(2, lines.Count); // one cell is there already, as a line says, and one is measured
        var page = File.ReadAllText(folder.At("study", "choosing.md"));
        Assert.Contains(RelaxationTable.Declared(), page, StringComparison.Ordinal);
        Assert.Contains("| 2.50 MB |", page, StringComparison.Ordinal);
        Assert.DoesNotContain("MB", lines[^1], StringComparison.Ordinal); // none of the permutahedron's is known
        Assert.Contains(File.ReadAllText(folder.At("study", "table.md")), page, StringComparison.Ordinal);
    }

    [Fact]
    public void Documentation_declares_what_the_catalog_does() =>
        Assert.Contains(RelaxationTable.Declared(), File.ReadAllText(RepositoryFolder.At("docs", "choosing-a-relaxation.md")), StringComparison.Ordinal);

    /// <summary>Stands for the fresh process.</summary>
    private static long? PeakBytes(RelaxationStudyConfig cell) => Assert.Single(cell.Items) == 10 && Assert.Single(cell.Relaxations) == "neural-sort" ? 2_500_000 : null;
}
