using CsCheck;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

public sealed class PropertyTests
{
    private const double Epsilon = 2.3e-16;

    [Fact]
    public void Rows_sum_to_one() => Gen.Select(Gen.OneOf(Sequences.Any, Sequences.Tied), Sequences.Temperature).Sample((scores, temperature) =>
    {
        foreach (var row in Results.Matrix(scores, temperature).Chunk(scores.Length))
        {
            Assert.All(row, p => Assert.InRange(p, 0, 1));
            Compare.Close(1, row.Sum(), relative: 2 * scores.Length * Epsilon); // n terms and a total of n, each rounded
        }
    });

    [Fact]
    public void Largest_of_each_row_is_the_sorted_item_and_ties_follow_Definition_6() =>
        Gen.Select(Gen.OneOf(Sequences.Any, Sequences.Tied), Sequences.Temperature).Sample((scores, temperature) =>
        {
            var order = Results.Order(scores);
            var stable = Enumerable.Range(0, scores.Length).OrderByDescending(j => scores[j]); // LINQ's sort is stable
            Assert.Equal(stable, order);
            var given = new HashSet<int>();
            foreach (var row in Results.Matrix(scores, temperature).Chunk(scores.Length))
            {
                var candidates = Enumerable.Range(0, row.Length).Where(j => row[j] == row.Max()).ToArray();
                Assert.Contains(order[given.Count], candidates);
                // Nearly equal scores may round to equal probabilities; only truly equal ones are Definition 6's ties.
                var ties = candidates.Where(j => scores[j] == scores[order[given.Count]]);
                Assert.Equal(ties.First(j => !given.Contains(j)), order[given.Count]);
                given.Add(order[given.Count]);
            }
        });

    [Fact]
    public void One_row_is_that_row_of_the_matrix() => Gen.Select(Sequences.Any, Sequences.Temperature).Sample((scores, temperature) =>
    {
        var rows = Results.Matrix(scores, temperature).Chunk(scores.Length).ToArray();
        for (var i = 0; i < rows.Length; i++) Assert.Equal(rows[i], Results.Row(scores, temperature, i));
    });

    [Fact]
    public void Logarithms_are_those_of_the_matrix_and_finite_where_it_underflows() =>
        Gen.Select(Sequences.Any, Sequences.Temperature).Sample((scores, temperature) =>
        {
            var logarithms = Results.LogMatrix(scores, temperature);
            Assert.All(logarithms, l => Assert.True(double.IsFinite(l)));
            // exp magnifies the rounding of its argument, up to 745 before it underflows (to multiples of 5e-324).
            Compare.Close(Results.Matrix(scores, temperature), [.. logarithms.Select(Math.Exp)], relative: 750 * Epsilon, absolute: 1e-323);
        });

    [Fact]
    public void Applying_is_multiplying_by_the_matrix_and_its_gradient_by_the_transpose() =>
        Gen.Select(Sequences.Any, Sequences.Temperature, Gen.Int[0, 3]).Sample((scores, temperature, columns) =>
        {
            var n = scores.Length;
            var p = Results.Matrix(scores, temperature);
            var values = Enumerable.Range(0, n * columns).Select(k => Math.Cos(k)).ToArray();
            double[] product = new double[values.Length], transposed = new double[values.Length];
            for (var i = 0; i < n; i++)
                for (var j = 0; j < n; j++)
                    for (var c = 0; c < columns; c++)
                    {
                        product[i * columns + c] += p[i * n + j] * values[j * columns + c];
                        transposed[j * columns + c] += p[i * n + j] * values[i * columns + c];
                    }

            Compare.Close(product, Results.Apply(scores, temperature, values, columns), relative: 0, absolute: n * Epsilon);
            Compare.Close(transposed, Results.ValueGradient(scores, temperature, values, columns), relative: 0, absolute: n * n * Epsilon);
        });

    [Fact]
    public void Shifting_the_scores_changes_nothing() => // on a grid of 2^-20, so that the shifted scores are exact
        Gen.Select(Gen.Int[-3 << 20, 3 << 20].Array[1, 24], Gen.Int[-1 << 30, 1 << 30], Sequences.Temperature).Sample((grid, shift, temperature) =>
        {
            var scores = grid.Select(s => Math.ScaleB(s, -20)).ToArray();
            var shifted = scores.Select(s => s + shift).ToArray();
            Assert.Equal(Results.Matrix(scores, temperature), Results.Matrix(shifted, temperature));
        });

    [Fact]
    public void Scaling_scores_and_temperature_together_changes_nothing() =>
        Gen.Select(Sequences.Any, Sequences.Temperature, Gen.Int[-40, 40]).Sample((scores, temperature, power) =>
            Assert.Equal(
                Results.Matrix(scores, temperature),
                Results.Matrix([.. scores.Select(s => Math.ScaleB(s, power))], Math.ScaleB(temperature, power))));

    [Fact]
    public void Permuting_distinct_scores_permutes_the_columns() =>
        Gen.Select(Sequences.Apart, Sequences.Temperature).SelectMany((s, t) => Gen.Shuffle(Enumerable.Range(0, s.Length).ToArray()).Select(p => (s, t, p)))
            .Sample((scores, temperature, permutation) =>
            {
                var rows = Results.Matrix(scores, temperature).Chunk(scores.Length).Select(row => permutation.Select(j => row[j]));
                Assert.Equal(rows.SelectMany(row => row), Results.Matrix([.. permutation.Select(j => scores[j])], temperature));
            });

    [Fact]
    public void Cold_limit_is_the_exact_permutation() => Sequences.Apart.Sample(scores =>
    {
        var order = Results.Order(scores);
        var exact = order.SelectMany(item => Enumerable.Range(0, order.Length).Select(j => j == item ? 1.0 : 0));
        Assert.Equal(exact, Results.Matrix(scores, temperature: 1e-5)); // exp(-0.05 / 1e-5) underflows
        Assert.Equal(exact, Results.Matrix(scores, temperature: double.Epsilon));
    });

    [Fact]
    public void Hot_limit_is_uniform() => Sequences.Any.Sample(scores =>
    {
        var n = scores.Length;
        // D ≤ n²·max gap/τ ≤ 24²·6/1e20, far below one rounding
        Compare.Close([.. Enumerable.Repeat(1.0 / n, n * n)], Results.Matrix(scores, temperature: 1e20), relative: Epsilon);
        Compare.Close([.. Enumerable.Repeat(1.0 / n, n * n)], Results.Matrix(scores, double.MaxValue), relative: Epsilon);
    });
}
