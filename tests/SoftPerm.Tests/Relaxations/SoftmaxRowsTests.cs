using CsCheck;
using SoftPerm.Relaxations;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

public sealed class SoftmaxRowsTests
{
    private const double Forbidden = double.NegativeInfinity;

    private static readonly Gen<double[]> Squares = Gen.Int[1, 6].SelectMany(n => Gen.Double[-3, 3].Array[n * n]);

    private static readonly Func<RelaxedPermutation, Tensor, Tensor>[] Members =
    [
        (p, values) => p.Apply(values), (p, values) => p.ApplyTranspose(values), (p, _) => p.TopK(2), (p, _) => p.Row(1),
        (p, _) => p.Quantile(0.3), (p, _) => p.Matrix(), (p, _) => p.LogMatrix(), (p, _) => p.CrossEntropy(tensor(new long[] { 2, 0, 3, 1 })),
    ];

    [Fact]
    public void Rows_are_softmaxes_of_the_rows_of_logits() => Squares.Sample(numbers =>
    {
        using var scope = NewDisposeScope();
        var n = (int)Math.Sqrt(numbers.Length);
        using var permutation = RelaxedPermutation.FromRows(Square(numbers));
        var expected = numbers.Chunk(n).SelectMany(row => row.Select(logit => Math.Exp(logit) / row.Sum(Math.Exp))).ToArray();
        Compare.Close(expected, TensorCompare.Numbers(permutation.Matrix()), 1e-13);
        Compare.Close([.. expected.Select(p => Math.Log(p))], TensorCompare.Numbers(permutation.LogMatrix()), 1e-13, 1e-14);
        using var single = RelaxedPermutation.FromRows(Square(numbers).to(float32));
        Assert.Equal((n, ScalarType.Float32), (single.Items, single.ElementType));
        Compare.Close(expected, TensorCompare.Numbers(single.Matrix()), 1e-5);
    }, iter: 30);

    [Fact]
    public void Every_member_says_what_the_matrix_says()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(11);
        using var permutation = RelaxedPermutation.FromRows(randn([2, 3, 4, 4], dtype: float64, generator: generator));
        var matrix = permutation.Matrix();
        var values = randn([3, 4, 2], dtype: float64, generator: generator);
        Assert.Equal([2, 3], permutation.Batch);
        TensorCompare.Close(einsum("...ij,...jd->...id", matrix, values), permutation.Apply(values), 1e-12, 1e-12);
        TensorCompare.Close(einsum("...ij,...id->...jd", matrix, values), permutation.ApplyTranspose(values), 1e-12, 1e-12);
        TensorCompare.Close(matrix.narrow(-2, 0, 3).sum(-2), permutation.TopK(3), 1e-12);
        TensorCompare.Close(matrix.select(-2, 2), permutation.Row(2), 0);
        TensorCompare.Close(matrix.select(-2, 0), permutation.Quantile(1), 0); // the first place is the largest
        TensorCompare.Close(matrix.narrow(-2, 1, 2).mean([-2]), permutation.Quantile(0.5), 1e-12);
        var entropy = permutation.CrossEntropy(tensor(new long[] { 3, 0, 2, 1 }));
        var probabilities = new[] { matrix[.., .., 0, 3], matrix[.., .., 1, 0], matrix[.., .., 2, 2], matrix[.., .., 3, 1] };
        TensorCompare.Close(stack(probabilities).log().mean([0]).neg(), entropy, 1e-12);
    }

    [Fact]
    public void Order_is_the_permutation_of_largest_total_log_probability() => Squares.Sample(numbers =>
    {
        using var scope = NewDisposeScope();
        var logits = Square(numbers);
        using var permutation = RelaxedPermutation.FromRows(logits);
        var order = permutation.Order();
        Assert.Equal(Enumerable.Range(0, (int)permutation.Items).Select(item => (long)item), order.data<long>().ToArray().Order());
        // A row's normalization adds the same to every order.
        TensorCompare.Close(Total(Matching.Best(logits)), Total(order), 0, 1e-12);

        Tensor Total(Tensor of) => logits.gather(-1, of.unsqueeze(-1)).sum();
    }, iter: 30);

    [Fact]
    public void Where_rows_are_largest_at_one_item_the_order_gives_it_to_one_place()
    {
        using var scope = NewDisposeScope();
        using var permutation = RelaxedPermutation.FromRows(tensor(new[] { 2.0, 1, 3, 0 }).reshape(2, 2));
        Assert.Equal([0, 0], permutation.Matrix().argmax(-1).data<long>().ToArray());
        Assert.Equal([1, 0], permutation.Order().data<long>().ToArray());
    }

    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var logits = randn([2, 4, 4], dtype: float64, generator: generator);
        var values = randn([4, 2], dtype: float64, generator: generator);
        foreach (var member in Members)
            GradientCheck.Check(t => member(RelaxedPermutation.FromRows(t[0]), t[1]), 1e-8, logits, values);
    }

    [Fact]
    public void Forbidden_pairs_get_no_mass_and_no_gradient()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 0.5, Forbidden, 1, 0.2, 2, Forbidden, Forbidden, 0.3, 0.1 }).reshape(3, 3).requires_grad_();
        using var permutation = RelaxedPermutation.FromRows(logits);
        var matrix = permutation.Matrix();
        TensorCompare.Close(ones(3, float64), matrix.sum(-1), 1e-14);
        Assert.Equal([0, 0, 0], TensorCompare.Numbers(matrix.masked_select(logits.isinf())));
        matrix.mul(Indices(9, float64).cos().reshape(3, 3)).sum().backward();
        Assert.True(logits.grad!.isfinite().all().item<bool>());
        Assert.Equal([0, 0, 0], TensorCompare.Numbers(logits.grad!.masked_select(logits.isinf())));
        Assert.Equal(double.PositiveInfinity, permutation.CrossEntropy(tensor(new long[] { 1, 0, 2 })).item<double>());
    }

    [Theory, InlineData(300), InlineData(1e4), InlineData(1e30)]
    public void Logits_far_apart_stay_finite(double distance)
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { float64, float32 })
        {
            var logits = tensor(new[] { distance, 0, -distance, distance }, type).reshape(2, 2).requires_grad_();
            using var permutation = RelaxedPermutation.FromRows(logits);
            Compare.Close([1, 0, 0, 1], TensorCompare.Numbers(permutation.Matrix()), 0, 1e-6);
            permutation.CrossEntropy(tensor(new long[] { 1, 0 })).backward();
            Compare.Close([0.5, -0.5, -0.5, 0.5], TensorCompare.Numbers(logits.grad!), 1e-6);
        }
    }

    [Fact]
    public void Straight_through_is_exact_forward_and_relaxed_backward()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var logits = randn([2, 4, 4], dtype: float64, generator: generator).requires_grad_();
        var same = logits.detach().clone().requires_grad_();
        var (values, weights) = (Indices(4, float64).reshape(4, 1), Indices(8, float64).cos().reshape(2, 4, 1));
        using RelaxedPermutation relaxed = RelaxedPermutation.FromRows(logits), plain = RelaxedPermutation.FromRows(same);
        using var straight = relaxed.StraightThrough();
        var hard = straight.Apply(values);
        TensorCompare.Close(relaxed.Order().to(float64), hard.squeeze(-1), 0);
        hard.mul(weights).sum().backward();
        plain.Apply(values).mul(weights).sum().backward();
        TensorCompare.Close(same.grad!, logits.grad!, 1e-12, 1e-15);
    }

    [Fact]
    public void Logits_must_be_square_floating_and_have_a_meaning()
    {
        using var scope = NewDisposeScope();
        Refused("[2, 3]", zeros(2, 3));
        Refused("[3]", zeros(3));
        Refused("[0, 0]", zeros(0, 0));
        Refused("Int64", zeros([2, 2], int64));
        Refused("one is NaN", tensor(new[] { 1, 2, 3, double.NaN }).reshape(2, 2));
        Refused("one is Infinity", tensor(new[] { 1, 2, 3, double.PositiveInfinity }).reshape(2, 2));
        Refused("allow a permutation", tensor(new[] { 1, Forbidden, 3, Forbidden }).reshape(2, 2));
        Assert.Throws<ArgumentNullException>(() => RelaxedPermutation.FromRows(null!));

        static void Refused(string reason, Tensor logits) =>
            Assert.Contains(reason, Assert.Throws<ArgumentException>(nameof(logits), () => RelaxedPermutation.FromRows(logits)).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Nothing_is_left_behind(bool gradient)
    {
        using var logits = randn(2, 4, 4).requires_grad_(gradient);
        using var values = randn(2, 4, 3);
        using var impossible = full(2, 2, Number(Forbidden));
        TensorLeak.Check(() =>
        {
            using var permutation = RelaxedPermutation.FromRows(logits);
            using var order = permutation.Order();
            foreach (var member in Members)
            {
                using var scope = NewDisposeScope();
                member(permutation, values);
            }

            Assert.Throws<ArgumentException>(() => RelaxedPermutation.FromRows(impossible));
        });
    }

    private static Tensor Square(double[] numbers) => tensor(numbers).reshape((long)Math.Sqrt(numbers.Length), -1);
}
