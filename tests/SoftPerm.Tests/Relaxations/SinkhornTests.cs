using CsCheck;
using SoftPerm.Relaxations;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

public sealed class SinkhornTests
{
    private const double Forbidden = double.NegativeInfinity;

    private static readonly Gen<double[]> Squares = Gen.Int[1, 6].SelectMany(n => Gen.Double[-3, 3].Array[n * n]);

    private static readonly Func<RelaxedPermutation, Tensor, Tensor>[] Members =
    [
        (p, values) => p.Apply(values), (p, values) => p.ApplyTranspose(values), (p, _) => p.TopK(2), (p, _) => p.Row(1),
        (p, _) => p.Quantile(0.3), (p, _) => p.Matrix(), (p, _) => p.LogMatrix(), (p, _) => p.CrossEntropy(tensor(new long[] { 2, 0, 3, 1 })),
    ];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Golden.Sinkhorn.Count)];

    [Theory, MemberData(nameof(Cases))]
    public void Matrices_agree_with_the_definition(int index)
    {
        using var scope = NewDisposeScope();
        var golden = Golden.Sinkhorn[index];
        double[] logits = [.. golden.LogAlpha.SelectMany(row => row)], expected = [.. golden.Matrix.SelectMany(row => row)];
        var sinkhorn = new Sinkhorn(golden.Temperature) { MaximalIterations = golden.Iterations };
        using var permutation = sinkhorn.Normalize(tensor(logits).reshape(golden.Matrix.Length, -1));
        Assert.Equal(golden.Iterations, permutation.Iterations);
        Compare.Close(expected, TensorCompare.Numbers(permutation.Permutation.Matrix()), 1e-12); // rounding grows with iterations and logits / τ
        Compare.Close([.. expected.Select(p => Math.Log(p))], TensorCompare.Numbers(permutation.Permutation.LogMatrix()), 1e-12, 1e-12);
        var rows = golden.Matrix.Max(row => Math.Abs(row.Sum() - 1));
        Compare.Close(rows, permutation.Residual.item<double>(), 1e-9, 1e-14);

        using var single = sinkhorn.Normalize(tensor(logits).reshape(golden.Matrix.Length, -1).to(float32));
        Compare.Close(expected, TensorCompare.Numbers(single.Permutation.Matrix()), 2e-4, 1e-6); // 2⁻²³ of logits up to 50 times τ
    }

    [Fact]
    public void Rows_and_columns_sum_to_one_once_converged() => Squares.Sample(numbers =>
    {
        using var scope = NewDisposeScope();
        using var permutation = new Sinkhorn(0.5) { MaximalIterations = 100_000, Tolerance = 1e-10 }.Normalize(Square(numbers));
        Assert.True(permutation.Converged);
        var matrix = permutation.Permutation.Matrix();
        TensorCompare.Close(ones(matrix.size(0), float64), matrix.sum(-1), 1.01e-10);
        TensorCompare.Close(ones(matrix.size(0), float64), matrix.sum(-2), 1e-13);
        TensorCompare.Close(permutation.Residual, matrix.sum(-1).sub(Number(1)).abs().max(), 0, 1e-14);
    }, iter: 30);

    [Fact]
    public void Order_is_the_best_permutation_at_any_temperature() => Gen.Select(Squares, Gen.Double[-2, 2]).Sample((numbers, exponent) =>
    {
        using var scope = NewDisposeScope();
        var logits = Square(numbers);
        using var permutation = new Sinkhorn(Math.Pow(10, exponent)) { MaximalIterations = 3 }.Normalize(logits);
        // Nearly equal totals may change places by rounding; the totals themselves agree.
        TensorCompare.Close(Total(Matching.Best(logits)), Total(permutation.Permutation.Order()), 0, 1e-12);

        Tensor Total(Tensor order) => logits.gather(-1, order.unsqueeze(-1)).sum();
    }, iter: 30);

    [Fact]
    public void Low_temperatures_lead_to_the_best_permutation_and_high_ones_to_equality()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 3.0, 2.9, 0, 2.8, 1, 0, 0, 0, 0.5 }).reshape(3, 3); // row by row the largest are not a permutation
        using var cold = new Sinkhorn(0.01) { MaximalIterations = 1000 }.Normalize(logits);
        Assert.Equal([1, 0, 2], cold.Permutation.Order().data<long>().ToArray());
        Compare.Close([0, 1, 0, 1, 0, 0, 0, 0, 1], TensorCompare.Numbers(cold.Permutation.Matrix()), 0, 0.6e-3); // 1 / 2k for k iterations
        using var hot = new Sinkhorn(1e9).Normalize(logits);
        TensorCompare.Close(full(3, 3, Number(1 / 3.0), float64), hot.Permutation.Matrix(), 1e-8);
    }

    [Fact]
    public void Tolerance_ends_early_and_says_when_it_cannot()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var logits = randn([2, 4, 4], dtype: float64, generator: generator);
        using var early = new Sinkhorn(1) { MaximalIterations = 1000, Tolerance = 1e-6 }.Normalize(logits);
        Assert.InRange(early.Iterations, 2, 100);
        Assert.True(early.Converged);
        Assert.Equal([2], early.Residual.shape);
        Assert.True(early.Residual.le(Number(1e-6)).all().item<bool>());
        using var before = new Sinkhorn(1) { MaximalIterations = early.Iterations - 1, Tolerance = 1e-6 }.Normalize(logits);
        Assert.False(before.Converged);
        Assert.True(before.Residual.gt(Number(1e-6)).any().item<bool>());
        Assert.Equal(early.Iterations - 1, before.Iterations);
        using var exact = new Sinkhorn(1) { MaximalIterations = early.Iterations }.Normalize(logits);
        TensorCompare.Close(exact.Permutation.LogMatrix(), early.Permutation.LogMatrix(), 0);

        Assert.Equal(20, new Sinkhorn(1).Normalize(logits).Iterations);
        Assert.True(new Sinkhorn(1) { MaximalIterations = 100 }.Normalize(logits).Converged);
        Assert.False(new Sinkhorn(1) { MaximalIterations = 1 }.Normalize(logits).Converged);
    }

    [Theory, InlineData(300), InlineData(1e4), InlineData(1e30)]
    public void Logits_far_apart_stay_finite(double distance)
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { float64, float32 })
        {
            var logits = tensor(new[] { distance, 0, -distance, 0, -distance, distance, -distance, distance, 0 }, type).reshape(3, 3).requires_grad_();
            using var permutation = new Sinkhorn(0.5).Normalize(logits);
            Assert.True(permutation.Permutation.LogMatrix().isfinite().all().item<bool>());
            Compare.Close([1, 0, 0, 0, 0, 1, 0, 1, 0], TensorCompare.Numbers(permutation.Permutation.Matrix()), 0, 1e-6);
            permutation.Permutation.CrossEntropy(tensor(new long[] { 2, 1, 0 })).backward();
            Assert.True(logits.grad!.isfinite().all().item<bool>());
        }
    }

    [Fact]
    public void Forbidden_pairs_get_no_mass_and_no_gradient()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 0.5, Forbidden, 1, 0.2, 2, Forbidden, Forbidden, 0.3, 0.1 }).reshape(3, 3).requires_grad_();
        using var permutation = new Sinkhorn(1) { MaximalIterations = 2000, Tolerance = 1e-9 }.Normalize(logits);
        Assert.True(permutation.Converged);
        var matrix = permutation.Permutation.Matrix();
        TensorCompare.Close(ones(3, float64), matrix.sum(-1), 1.01e-9);
        Assert.Equal([0, 0, 0], TensorCompare.Numbers(matrix.masked_select(logits.isinf())));
        matrix.mul(Indices(9, float64).cos().reshape(3, 3)).sum().backward();
        Assert.True(logits.grad!.isfinite().all().item<bool>());
        Assert.Equal([0, 0, 0], TensorCompare.Numbers(logits.grad!.masked_select(logits.isinf())));
        Assert.Equal(double.PositiveInfinity, permutation.Permutation.CrossEntropy(tensor(new long[] { 1, 0, 2 })).item<double>());
    }

    [Fact]
    public void Entries_in_no_permutation_vanish_slowly_and_the_order_leaves_them_out()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 0, 5, Forbidden, 0 }).reshape(2, 2); // only the diagonal is a permutation
        using var permutation = new Sinkhorn(1) { MaximalIterations = 5000, Tolerance = 1e-3 }.Normalize(logits);
        Assert.True(permutation.Converged);
        Assert.InRange(permutation.Iterations, 100, 4999);
        Assert.Equal([0, 1], permutation.Permutation.Order().data<long>().ToArray());
    }

    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var logits = randn([2, 4, 4], dtype: float64, generator: generator);
        var values = randn([2, 4, 3], dtype: float64, generator: generator);
        foreach (var member in Members)
            GradientCheck.Check(t => member(new Sinkhorn(0.7) { MaximalIterations = 5 }.Normalize(t[0]).Permutation, t[1]), 1e-8, logits, values);
    }

    [Fact]
    public void Leading_axes_broadcast_with_values_and_orders()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(11);
        var logits = randn([2, 1, 4, 4], dtype: float64, generator: generator);
        using var permutation = new Sinkhorn(0.7).Normalize(logits);
        Assert.Equal([2, 1], permutation.Permutation.Batch);
        var matrix = permutation.Permutation.Matrix();
        foreach (var values in new[] { randn(4, 2, float64), randn(3, 4, 2, float64), randn([5, 2, 3, 4, 2], float64) })
        {
            var (applied, back) = (permutation.Permutation.Apply(values), permutation.Permutation.ApplyTranspose(values));
            Assert.Equal([.. values.dim() == 5 ? new long[] { 5 } : [], 2, values.dim() == 2 ? 1 : 3, 4, 2], applied.shape);
            TensorCompare.Close(einsum("...ij,...jd->...id", matrix, values), applied, 1e-12, 1e-12);
            TensorCompare.Close(einsum("...ij,...id->...jd", matrix, values), back, 1e-12, 1e-12);
        }

        TensorCompare.Close(matrix.narrow(-2, 0, 3).sum(-2), permutation.Permutation.TopK(3), 1e-12);
        TensorCompare.Close(matrix.select(-2, 2), permutation.Permutation.Row(2), 0);
        TensorCompare.Close(matrix.narrow(-2, 1, 2).mean([-2]), permutation.Permutation.Quantile(0.5), 1e-12);
        Assert.Equal([2, 1, 4], permutation.Permutation.Order().shape);

        var orders = tensor(new long[] { 0, 1, 2, 3, 3, 2, 1, 0, 1, 0, 3, 2 }).reshape(3, 4);
        var entropy = permutation.Permutation.CrossEntropy(orders);
        Assert.Equal([2, 3], entropy.shape);
        for (var b = 0; b < 2; b++)
        {
            for (var o = 0; o < 3; o++)
            {
                var expected = -Enumerable.Range(0, 4).Average(i => Math.Log(matrix[b, 0, i, orders[o, i].item<long>()].item<double>()));
                Compare.Close(expected, entropy[b, o].item<double>(), 1e-12);
            }
        }

        Assert.Equal([0, 4, 4], new Sinkhorn(1) { Tolerance = 1e-3 }.Normalize(zeros(0, 4, 4)).Permutation.Matrix().shape);
    }

    [Fact]
    public void Straight_through_is_exact_forward_and_relaxed_backward()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var logits = randn([2, 4, 4], dtype: float64, generator: generator).requires_grad_();
        var same = logits.detach().clone().requires_grad_();
        var values = Indices(4, float64).reshape(4, 1);
        using var relaxed = new Sinkhorn(0.5).Normalize(logits);
        using var straight = relaxed.Permutation.StraightThrough();
        using var plain = new Sinkhorn(0.5).Normalize(same);
        var hard = straight.Apply(values);
        TensorCompare.Close(relaxed.Permutation.Order().to(float64), hard.squeeze(-1), 0);
        TensorCompare.Close(ones(2, 4, float64), straight.Matrix().sum(-1), 0);
        var weights = Indices(8, float64).cos().reshape(2, 4, 1);
        hard.mul(weights).sum().backward();
        plain.Permutation.Apply(values).mul(weights).sum().backward();
        TensorCompare.Close(same.grad!, logits.grad!, 1e-12, 1e-15);
    }

    [Fact]
    public void Logits_must_be_square_floating_and_have_a_meaning()
    {
        using var scope = NewDisposeScope();
        var sinkhorn = new Sinkhorn(0.1);
        Refused("[2, 3]", zeros(2, 3));
        Refused("[3]", zeros(3));
        Refused("[0, 0]", zeros(0, 0));
        Refused("Int64", zeros([2, 2], int64));
        Refused("one is NaN", tensor(new[] { 1, 2, 3, double.NaN }).reshape(2, 2));
        Refused("one is Infinity", tensor(new[] { 1, 2, 3, double.PositiveInfinity }).reshape(2, 2));
        Refused("allow a permutation", tensor(new[] { 1, Forbidden, 3, Forbidden }).reshape(2, 2));
        Refused("one is 1E+308 / 0.1", tensor(new[] { 1, 1e308, 3, 4 }).reshape(2, 2));
        Refused("±2.1E+37", tensor(new[] { 1f, 1e37f, 3, 4 }).reshape(2, 2));
        Assert.Throws<ArgumentNullException>(() => sinkhorn.Normalize(null!));

        void Refused(string reason, Tensor logits) =>
            Assert.Contains(reason, Assert.Throws<ArgumentException>(nameof(logits), () => sinkhorn.Normalize(logits)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_outside_their_domain_are_refused()
    {
        foreach (var temperature in new[] { 0, -1, double.NaN, double.PositiveInfinity })
            Assert.Throws<ArgumentOutOfRangeException>(nameof(temperature), () => new Sinkhorn(temperature));
        foreach (var tolerance in new[] { 0, -1, double.NaN, double.PositiveInfinity })
            Assert.Throws<ArgumentOutOfRangeException>(() => new Sinkhorn(1) { Tolerance = tolerance });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sinkhorn(1) { MaximalIterations = 0 });
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Nothing_is_left_behind(bool gradient)
    {
        using var logits = randn(2, 4, 4).requires_grad_(gradient);
        using var values = randn(2, 4, 3);
        TensorLeak.Check(() =>
        {
            using var permutation = new Sinkhorn(0.5) { Tolerance = 1e-3 }.Normalize(logits);
            using var order = permutation.Permutation.Order();
            using var straight = permutation.Permutation.StraightThrough();
            foreach (var member in Members)
            {
                using var scope = NewDisposeScope();
                member(permutation.Permutation, values);
            }

            Assert.Throws<ArgumentException>(() => new Sinkhorn(1e-38).Normalize(logits));
        });
    }

    private static Tensor Square(double[] numbers) => tensor(numbers).reshape((long)Math.Sqrt(numbers.Length), -1);
}
