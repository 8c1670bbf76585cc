using SoftPerm.Benchmarks.Ratios;
using SoftPerm.Benchmarks.Ratios.Reports;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Benchmarks.Tests;

public sealed class ResultsTests
{
    [Fact]
    public void A_run_replaces_its_group_and_keeps_the_others()
    {
        using var folder = new TemporaryFolder();
        var store = new ResultStore(folder.Path);
        store.Save(Run("shapes", 1));
        store.Save(Run("selection", 2));
        store.Save(Run("shapes", 3));

        var stored = store.Load();
        Assert.Equal([("shapes", 3.0), ("selection", 2.0)], stored.Groups.Select(g => (g.Name, g.Cases[0].Methods[0].Median)));
        Assert.Equal(MarkdownReport.Render(stored), File.ReadAllText(folder.At("ratios.md")));
    }

    [Fact]
    public void A_run_of_the_growth_group_is_drawn()
    {
        using var folder = new TemporaryFolder();
        var store = new ResultStore(folder.Path);
        store.Save(Run("growth", 1));
        Assert.True(new FileInfo(store.Picture).Length > 10_000);
    }

    [Fact]
    public void The_page_says_what_was_measured_what_was_wanted_and_where()
    {
        var page = MarkdownReport.Render(Run("shapes", 12.34));
        Assert.Equal(
            """
            ## P̂s by shape

            | case   | method | median | fastest |   quartiles | steps | extra memory | bytes an item |
            | ------ | ------ | -----: | ------: | ----------: | ----: | -----------: | ------------: |
            | 2 × 50 | ours   |   12.3 |   0.500 | 1.00 – 2.00 |     7 |     0.012 MB |           123 |

            - 2 × 50: A note.

            | case   | quantity     | measured | target |           |
            | ------ | ------------ | -------: | -----: | --------- |
            | 2 × 50 | dense ÷ ours |     7.90 |    ≥ 8 | **short** |
            | 2 × 50 | ours ÷ sort  |     2.00 |        |           |
            """, page[..page.IndexOf("\n\n`", StringComparison.Ordinal)]);
        Assert.EndsWith(
            "\n`bench ratios` · commit abc with changes · 2026-01-02 03:04 UTC · Xeon · 4 cores, 2 threads, load before 0.5 · Linux · .NET 10 · libtorch 2.10 · 256-bit SIMD\n",
            page);
    }

    [Theory]
    [InlineData("Intel(R) Xeon(R) Processor @ 2.50GHz", "intel-xeon-processor-2.50ghz")]
    [InlineData("AMD EPYC 7763 64-Core Processor", "amd-epyc-7763-64-core-processor")]
    [InlineData("Arm64", "arm64")]
    public void Processors_name_folders(string processor, string folder) => Assert.Equal(folder, BenchmarkEnvironment.Slug(processor));

    [Fact]
    public void Targets_are_met_on_their_own_side_and_never_by_NaN()
    {
        Target atMost = new(3, Aim: 1.5), atLeast = new(1_000, AtLeast: true);
        Assert.Equal(["≤ 3 (aim 1.5)", "≥ 1,000"], [$"{atMost}", $"{atLeast}"]);
        Assert.True(atMost.Met(3) && !atMost.Met(3.01) && !atMost.Met(double.NaN));
        Assert.True(atLeast.Met(1_000) && !atLeast.Met(999) && !atLeast.Met(double.NaN));
    }

    private static GroupResult Run(string name, double median) => new(
        name,
        "P̂s by shape",
        new(new("bench ratios", "abc", "Xeon", 4, 2, "Linux", ".NET 10", new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)), true, "2.10", "256-bit SIMD", "0.5"),
        [new("2 × 50", 2, 50, [new("ours", median, .5, 1, 2, 7, 12_300)], "A note.")],
        [new("2 × 50", "dense ÷ ours", 7.9, new(8, AtLeast: true)), new("2 × 50", "ours ÷ sort", 2, null)]);
}
