using CsCheck;
using SoftPerm.Kernels.Assignment;
using SoftPerm.Kernels.Tests.Memory;
using Xunit;

namespace SoftPerm.Kernels.Tests.Assignment;

public sealed class LinearAssignmentTests
{
    private const double Forbidden = double.NegativeInfinity;

    private static readonly Gen<double> Gains = Gen.Frequency(
        (4, Gen.Double[-3, 3]), (2, Gen.Int[-2, 2].Select(g => (double)g)), (1, Gen.Double[-1e300, 1e300]), (1, Gen.Const(double.MaxValue)),
        (1, Gen.Const(double.MinValue)), (1, Gen.Double[-1e-300, 1e-300]));

    [Fact]
    public void Gains_of_any_size_are_matched_as_by_trying_every_permutation() => Square(Gains).Sample(AgreesWithBruteForce, iter: 2000);

    [Fact]
    public void Ties_are_matched_as_by_trying_every_permutation() => Square(Gen.Int[-1, 1].Select(g => (double)g)).Sample(AgreesWithBruteForce, iter: 2000);

    [Fact]
    public void Forbidden_pairs_are_avoided_where_that_is_possible() =>
        Square(Gen.Frequency((1, Gen.Const(Forbidden)), (1, Gen.Double[-3, 3]))).Sample(AgreesWithBruteForce, iter: 4000);

    [Fact]
    public void Single_row_takes_the_single_column()
    {
        Assert.Equal([0], Solved([-7.5]));
        Assert.Throws<ArgumentException>("gains", () => Solved([Forbidden]));
    }

    [Theory, InlineData(2), InlineData(7), InlineData(40)]
    public void Equal_gains_give_the_identity(int n) => Assert.Equal(Enumerable.Range(0, n), Solved([.. Enumerable.Repeat(0.3, n * n)]));

    [Theory, InlineData(3), InlineData(200), InlineData(400)]
    public void Planted_permutation_is_found(int n)
    {
        // G = u + v - slack, and only the planted pairs have no slack: every other permutation gains less.
        var random = new Random(n);
        var planted = Shuffled(n, random);
        double[] u = [.. Drawn(n, random)], v = [.. Drawn(n, random)];
        var gains = new double[n * n];
        for (var k = 0; k < gains.Length; k++)
            gains[k] = 20 * (u[k / n] + v[k % n]) - (planted[k / n] == k % n ? 0 : 1e-3 + random.NextDouble());
        Assert.Equal(planted, Solved(gains));
    }

    /// <summary>At every length, between pages that nobody may touch.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void Stays_within_its_memory(bool guardAfter)
    {
        for (var n = 1; n <= 257; n++)
        {
            using var memory = GuardedMemory.OrPinned(guardAfter);
            var random = new Random(n);
            var planted = Shuffled(n, random);
            var gains = memory.Input<double>([.. Enumerable.Range(0, n * n).Select(k => planted[k / n] == k % n ? 1 : random.NextDouble())]);
            var columns = memory.Filled(n, -1).Span(0, n);
            LinearAssignment.Solve(gains.Span(0, n * n), n, columns);
            Assert.Equal(planted, columns);
            Assert.True(memory.IsIntact());
        }
    }

    [Theory, InlineData(60, 0), InlineData(150, 0), InlineData(150, 5), InlineData(150, 0.4)]
    public void No_exchange_of_columns_gains_more(int n, double levels)
    {
        var random = new Random(n);
        double[] gains = [.. Drawn(n * n, random).Select(g => levels switch { 0 => g, < 1 => g < levels ? Forbidden : g, _ => Math.Round(levels * g) })];
        var columns = Solved(gains);
        Assert.Equal(Enumerable.Range(0, n), columns.Order());
        // A cycle of rows that each take the next one's column must not gain; Bellman and Ford settle in n rounds if there is none.
        var potential = new double[n];
        for (var round = 0; ; round++)
        {
            var moved = false;
            for (var i = 0; i < n; i++)
            {
                for (var k = 0; k < n; k++)
                {
                    var through = potential[i] + gains[i * n + columns[k]] - gains[i * n + columns[i]];
                    if (!(through > potential[k] + Tolerances.Exchange)) continue;
                    potential[k] = through;
                    moved = true;
                }
            }

            if (!moved) return;
            Assert.True(round <= n, "Some rows could exchange their columns and gain.");
        }
    }

    [Theory, InlineData(double.NaN, "NaN"), InlineData(double.PositiveInfinity, "Infinity")]
    public void Gain_without_meaning_is_named_with_its_place(double gain, string name)
    {
        var error = Assert.Throws<ArgumentException>("gains", () => Solved([1, 2, gain, 4]));
        Assert.Contains($"row 1 and column 0 is {name}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Impossible_matchings_are_refused()
    {
        double[][] impossible =
        [
            [Forbidden, Forbidden, 1, 2], [Forbidden, 1, Forbidden, 2],
            [1, Forbidden, Forbidden, 2, Forbidden, Forbidden, 3, 4, 5], // two rows share one column; every row and column has a pair
        ];
        Assert.All(impossible, gains =>
            Assert.Contains("perfect matching", Assert.Throws<ArgumentException>(nameof(gains), () => Solved(gains)).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("n", () => LinearAssignment.Solve([], 0, []));
        Assert.Throws<ArgumentException>("gains", () => LinearAssignment.Solve([1, 2, 3], 2, new int[2]));
        Assert.Throws<ArgumentException>("columnOfRow", () => LinearAssignment.Solve([1, 2, 3, 4], 2, new int[3]));
    }

    private static Gen<double[]> Square(Gen<double> gains) => Gen.Int[1, 6].SelectMany(n => gains.Array[n * n]);

    private static void AgreesWithBruteForce(double[] gains)
    {
        var n = (int)Math.Sqrt(gains.Length);
        var best = Orders(n).Max(order => Total(gains, order));
        if (best == Forbidden)
        {
            Assert.Throws<ArgumentException>(nameof(gains), () => Solved(gains));
            return;
        }

        var found = Solved(gains);
        Assert.Equal(Enumerable.Range(0, n), found.Order());
        var largest = gains.Where(double.IsFinite).Max(Math.Abs) / 8;
        Assert.True(Total(gains, found) >= best - Tolerances.Assignment * largest, $"[{string.Join(", ", found)}] gains {8 * Total(gains, found):R}, not {8 * best:R}.");
    }

    // An eighth of the total, so that it does not overflow.
    private static double Total(double[] gains, int[] columns) => columns.Select((column, row) => gains[row * columns.Length + column] / 8).Sum();

    private static IEnumerable<int[]> Orders(int n) => n == 0
        ? [[]]
        : Orders(n - 1).SelectMany(order => Enumerable.Range(0, n).Select(at => (int[])[.. order[..at], n - 1, .. order[at..]]));

    private static int[] Solved(double[] gains)
    {
        var columns = new int[(int)Math.Sqrt(gains.Length)];
        LinearAssignment.Solve(gains, columns.Length, columns);
        return columns;
    }

    private static int[] Shuffled(int n, Random random)
    {
        int[] order = [.. Enumerable.Range(0, n)];
        random.Shuffle(order);
        return order;
    }

    private static IEnumerable<double> Drawn(int count, Random random) => Enumerable.Range(0, count).Select(_ => random.NextDouble());
}
