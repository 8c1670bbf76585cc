using SoftPerm.TestKit;
using SoftPerm.TestKit.References;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

public sealed class EdgeCaseTests
{
    private const double Infinity = double.PositiveInfinity;

    [Fact]
    public void Equal_scores_share_every_row_and_keep_their_order()
    {
        double[] scores = [0.0, -0.0, 0.0];
        Assert.Equal([0, 1, 2], Results.Order(scores));
        Assert.Equal(Enumerable.Repeat(1.0 / 3, 9), Results.Matrix(scores, 0.1));
    }

    [Fact]
    public void Scores_far_apart_do_not_overflow()
    {
        double[] far = [-1e30, 1e30, 0, 1], farthest = [-1.7e308, 1.7e308];
        var p = Results.Matrix(far, 1);
        Assert.Equal([0, 1, 0, 0], p[..4]);
        Assert.Equal([1, 0, 0, 0], p[12..]);
        Compare.Close([0, 0, 1 / (1 + Math.E), Math.E / (1 + Math.E)], p.AsSpan(4, 4), relative: Tolerances.FewRoundings);
        Assert.Equal([0, 1, 1, 0], Results.Matrix(farthest, 1));
        Assert.Equal([0, 0], Results.ScoreGradient(farthest, 1, [1, 2, 3, 4]));
        Assert.Equal(0, NeuralSortReference.TemperatureGradient(farthest, 1, [1, 2, 3, 4]));
    }

    [Fact]
    public void Lone_infinities_take_their_places_and_leave_the_others_as_without_them()
    {
        double[] scores = [0.5, Infinity, -1, -Infinity, 0.25], finite = [0.5, -1, 0.25];
        int[] items = [0, 2, 4];
        var p = Results.Matrix(scores, 0.7).Chunk(5).ToArray();
        Assert.Equal([0, 1, 0, 0, 0], p[0]);
        Assert.Equal([0, 0, 0, 1, 0], p[4]);
        Assert.Equal(Results.Matrix(finite, 0.7), p[1..4].SelectMany(row => items.Select(j => row[j])));
        Assert.All(p[1..4], row => Assert.Equal((0, 0), (row[1], row[3])));

        double[] upstream = Enumerable.Range(0, 25).Select(k => Math.Sin(k)).ToArray();
        double[] inner = [.. from i in Enumerable.Range(1, 3) from j in items select upstream[i * 5 + j]];
        var expected = Results.ScoreGradient(finite, 0.7, inner);
        Compare.Close([expected[0], 0, expected[1], 0, expected[2]], Results.ScoreGradient(scores, 0.7, upstream), relative: Tolerances.TwentyRoundings);
        Compare.Close(NeuralSortReference.TemperatureGradient(finite, 0.7, inner), NeuralSortReference.TemperatureGradient(scores, 0.7, upstream), relative: Tolerances.TwentyRoundings);
    }

    [Theory, InlineData(Infinity, 0), InlineData(-Infinity, 2)]
    public void Two_infinities_of_one_sign_spoil_their_own_rows_alone(double infinite, int firstSpoiled)
    {
        double[] scores = [0.5, infinite, -1, infinite];
        var p = Results.Matrix(scores, 1).Chunk(4).ToArray();
        var finite = Results.Matrix([0.5, -1], 1).Chunk(2).ToArray();
        for (var i = 0; i < 2; i++)
        {
            Assert.All(p[firstSpoiled + i], value => Assert.True(double.IsNaN(value)));
            var row = p[2 - firstSpoiled + i];
            Assert.Equal([finite[i][0], 0, finite[i][1], 0], row);
        }

        Assert.All(Results.ScoreGradient(scores, 1, new double[16]), value => Assert.True(double.IsNaN(value)));
    }

    [Theory, InlineData(double.NaN, 0, 1), InlineData(Infinity, Infinity, double.NaN), InlineData(1, double.NaN, -Infinity)]
    public void NaN_score_makes_every_result_NaN(double first, double second, double third)
    {
        double[] scores = [first, second, third], nine = Enumerable.Range(0, 9).Select(k => (double)k).ToArray();
        Assert.All(Results.Matrix(scores, 1), AssertNaN);
        Assert.All(Results.LogMatrix(scores, 1), AssertNaN);
        Assert.All(Results.Row(scores, 1, 1), AssertNaN);
        Assert.All(Results.Apply(scores, 1, [1, 2, 3], 1), AssertNaN);
        Assert.All(Results.ScoreGradient(scores, 1, nine), AssertNaN);
        Assert.All(Results.ValueGradient(scores, 1, [1, 2, 3], 1), AssertNaN);
        AssertNaN(NeuralSortReference.TemperatureGradient(scores, 1, nine));
        Assert.Equal([0, 1, 2], Results.Order(scores).Order());
        Assert.True(double.IsNaN(scores[Results.Order(scores)[0]]));

        static void AssertNaN(double value) => Assert.True(double.IsNaN(value), $"{value} is not NaN.");
    }

    [Fact]
    public void No_scores_and_one_score_are_fine()
    {
        Assert.Empty(Results.Matrix([], 1));
        Assert.Empty(Results.Order([]));
        Assert.Equal(0, NeuralSortReference.TemperatureGradient([], 1, []));
        Assert.Equal([1], Results.Matrix([Infinity], 1));
        Assert.Equal([0], Results.LogMatrix([-5], 1));
        Assert.Equal([0], Results.ScoreGradient([3], 1, [7]));
    }
}
