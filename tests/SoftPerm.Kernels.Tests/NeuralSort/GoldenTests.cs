using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

public sealed class GoldenTests
{
    public static TheoryData<int> Cases { get; } = [.. Enumerable.Range(0, Golden.NeuralSort.Count)];

    public static TheoryData<int> CasesWithMatrix { get; } =
        [.. Enumerable.Range(0, Golden.NeuralSort.Count).Where(k => Golden.NeuralSort[k].Matrix is not null)];

    [Fact]
    public void Every_golden_case_is_read() => Assert.Equal((19, 16), (Cases.Count, CasesWithMatrix.Count));

    [Theory, MemberData(nameof(CasesWithMatrix))]
    public void Matrix_is_the_golden_one(int index)
    {
        var c = Golden.NeuralSort[index];
        Compare.Close(Flat(c.Matrix!), Results.Matrix(c.Scores, c.Temperature), relative: Tolerance(c));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Applied_values_are_the_golden_ones(int index)
    {
        var c = Golden.NeuralSort[index];
        var values = Flat(c.Values);
        Compare.Close(Flat(c.Applied), Results.Apply(c.Scores, c.Temperature, values, Columns(c)),
            relative: 0, absolute: Tolerance(c) * Largest(values));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Gradient_of_the_values_is_the_golden_one(int index)
    {
        var c = Golden.NeuralSort[index];
        var expected = Flat(c.GradValues);
        Compare.Close(expected, Results.ValueGradient(c.Scores, c.Temperature, Flat(c.Upstream), Columns(c)),
            relative: 0, absolute: Tolerance(c) * Largest(expected));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Gradient_of_the_scores_through_values_is_the_golden_one(int index)
    {
        var c = Golden.NeuralSort[index];
        CheckScoreGradient(c, OuterProduct(c.Upstream, c.Values), c.GradScores);
    }

    [Theory, MemberData(nameof(CasesWithMatrix))]
    public void Gradient_of_the_scores_through_the_matrix_is_the_golden_one(int index)
    {
        var c = Golden.NeuralSort[index];
        CheckScoreGradient(c, Flat(c.UpstreamMatrix!), c.GradScoresMatrix!);
    }

    private static void CheckScoreGradient(NeuralSortCase c, double[] upstream, double[] expected)
    {
        // The golden sums hold n rows of p(g - p·g)(n+1-2i)/τ, each rounded at the size of g, even where they cancel.
        var rounding = 4 * Tolerances.DoubleRoundoff * c.Scores.Length * Largest(upstream) / c.Temperature;
        Compare.Close(expected, Results.ScoreGradient(c.Scores, c.Temperature, upstream),
            relative: 0, absolute: Tolerance(c) * Largest(expected) + rounding);
    }

    // The golden logits are formed as (n+1-2i)s - A𝟙, two numbers up to n·max|s| and 2n·max|s|, and the softmax takes the
    // difference of two of them: 6 roundings at n·max|s|/τ, rounded up to 8, besides the 8 of the softmax and the products.
    private static double Tolerance(NeuralSortCase c) =>
        8 * Tolerances.DoubleRoundoff * (c.Scores.Length * Largest(c.Scores) / c.Temperature + 1);

    private static int Columns(NeuralSortCase c) => c.Values[0].Length;

    private static double Largest(double[] numbers) => numbers.Max(Math.Abs);

    private static double[] Flat(double[][] rows) => rows.SelectMany(row => row).ToArray();

    private static double[] OuterProduct(double[][] left, double[][] right) =>
        (from l in left from r in right select l.Zip(r, (a, b) => a * b).Sum()).ToArray();
}
