using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Tests.TestKit;

public sealed class GoldenTests
{
    [Fact]
    public void NeuralSort_cases_are_whole()
    {
        Assert.Equal(19, Golden.NeuralSort.Count);
        Assert.All(Golden.NeuralSort, c =>
        {
            var n = c.Scores.Length;
            Assert.True(c.Temperature > 0);
            Assert.All([c.Values, c.Upstream, c.Applied, c.GradValues], rows => Assert.Equal(n, rows.Length));
            Assert.Equal(n, c.GradScores.Length);
            Assert.Equal(c.Name != "long", c.Matrix is { } p && p.Length == n && c.UpstreamMatrix!.Length == n && c.GradScoresMatrix!.Length == n);
        });
    }

    [Fact]
    public void PlackettLuce_cases_enumerate_every_order()
    {
        Assert.Equal([1, 2, 6, 24, 120], Golden.PlackettLuce.Select(c => c.Orders.Length));
        Assert.All(Golden.PlackettLuce, c =>
        {
            Compare.Close(1, c.LogProb.Sum(Math.Exp), relative: 1e-13); // at most 120 terms of a few roundings
            Compare.Close(c.Expectation, c.LogProb.Zip(c.Value, (l, f) => Math.Exp(l) * f).Sum(), relative: 1e-13);
            Assert.Equal(c.Orders.Length, c.GradLogProb.Length);
        });
    }

    [Fact]
    public void Sinkhorn_cases_are_square_and_their_columns_sum_to_one()
    {
        Assert.Equal([2, 3, 5, 8, 6], Golden.Sinkhorn.Select(c => c.Matrix.Length));
        Assert.All(Golden.Sinkhorn, c =>
        {
            Assert.True(c.Temperature > 0 && c.Iterations > 0);
            Assert.All(c.LogAlpha.Concat(c.Matrix), row => Assert.Equal(c.Matrix.Length, row.Length));
            for (var j = 0; j < c.Matrix.Length; j++) Compare.Close(1, c.Matrix.Sum(row => row[j]), relative: 1e-14);
        });
    }
}
