using CsCheck;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

public sealed class SortingNetworkTestsInKernels() : SortingNetworkTests(twiceDifferentiable: false);

public sealed class SortingNetworkTestsInTensorOperations() : SortingNetworkTests(twiceDifferentiable: true);

/// <summary>What is the sorting networks' own, against products of n×n matrices; the conformance suite has the rest.</summary>
public abstract class SortingNetworkTests(bool twiceDifferentiable)
{
    public static MatrixTheoryData<NetworkLayout, SwapFunction> All => new(Enum.GetValues<NetworkLayout>(), Enum.GetValues<SwapFunction>());

    public static MatrixTheoryData<NetworkLayout, SwapFunction> Monotonic =>
        new(Enum.GetValues<NetworkLayout>(), [SwapFunction.Cauchy, SwapFunction.Reciprocal, SwapFunction.Optimal]);

    public static MatrixTheoryData<NetworkLayout, int> Sizes => new(Enum.GetValues<NetworkLayout>(), [1, 2, 3, 4, 5, 6, 7, 8, 21, 100]);

    [Theory, MemberData(nameof(All))]
    public void Matrices_are_those_of_the_definition(NetworkLayout layout, SwapFunction swap) =>
        Gen.Select(Gen.Double[-3, 3].Array[1, 12], Gen.Double[-1.5, 1.5].Select(e => Math.Pow(10, e))).Sample((scores, temperature) =>
        {
            using var scope = NewDisposeScope();
            using var permutation = Network(layout, swap, tensor(temperature, float64)).Relax(tensor(scores));
            TensorCompare.Close(Defined(layout, swap, scores, temperature), permutation.Matrix(), 1e-11, 1e-13);
        }, iter: 30);

    [Theory, MemberData(nameof(Sizes))]
    public void Every_size_is_that_of_the_definition(NetworkLayout layout, int items)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)items);
        var scores = randn([items], dtype: float64, generator: generator);
        foreach (var swap in new[] { SwapFunction.Cauchy, SwapFunction.Logistic })
        {
            var network = Network(layout, swap, tensor(0.3, float64));
            var expected = Defined(layout, swap, TensorCompare.Numbers(scores), 0.3);
            using var permutation = network.Relax(scores);
            TensorCompare.Close(expected, permutation.Matrix(), 1e-10, 1e-13);
            TensorCompare.Close(expected.matmul(scores), network.Sort(scores), 1e-11, 1e-12);
            var sorted = Network(layout, swap, tensor(1e-9, float64)).Sort(scores);
            TensorCompare.Close(scores.sort(descending: true).Values, sorted, 0, 1e-7);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Gradients_agree_with_finite_differences(NetworkLayout layout, SwapFunction swap)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(17);
        var scores = randn([2, 5], dtype: float64, generator: generator);
        var values = randn([2, 5, 6], dtype: float64, generator: generator);
        var temperature = tensor(new[] { 0.6, 2.3 });
        // Next to a tie, |x|^¾ bends too sharply for finite differences to be exact.
        var tolerance = swap == SwapFunction.LogisticWithReplacement ? 1e-5 : 1e-7;
        foreach (var descending in new[] { true, false })
        {
            GradientCheck.Check(t => Network(layout, swap, t[1], descending).Sort(t[0]), tolerance, scores, temperature);
            GradientCheck.Check(t => Network(layout, swap, t[1], descending).Relax(t[0]).Apply(t[2]), tolerance, scores, temperature, values);
            GradientCheck.Check(t => Network(layout, swap, t[1], descending).Relax(t[0]).ApplyTranspose(t[2]), tolerance, scores, temperature, values);
        }

        var order = tensor(new long[] { 3, 3, 0, 1, 4, 4, 2, 1, 0, 3 }).reshape(2, 5);
        GradientCheck.Check(t => Network(layout, swap, t[1]).Relax(t[0]).CrossEntropy(order), tolerance, scores, temperature);
    }

    [Theory, MemberData(nameof(Monotonic))]
    public void No_sorted_score_falls_as_a_score_rises(NetworkLayout layout, SwapFunction swap) =>
        Gen.Select(Gen.Double[-3, 3].Array[2, 9], Gen.Double[-1.5, 1].Select(e => Math.Pow(10, e))).Sample((numbers, temperature) =>
        {
            using var scope = NewDisposeScope();
            for (var place = 0; place < numbers.Length; place++)
            {
                var scores = tensor(numbers).requires_grad_();
                Network(layout, swap, tensor(temperature, float64)).Sort(scores)[place].backward();
                Assert.All(TensorCompare.Numbers(scores.grad!), slope => Assert.True(slope >= -1e-12, $"{slope}"));
            }
        }, iter: 20);

    [Theory, MemberData(nameof(All))]
    public void The_sorted_scores_are_the_matrix_times_the_scores(NetworkLayout layout, SwapFunction swap)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 1.5, 0, -2, 1, double.PositiveInfinity, 7, 3, 0, -1, double.NegativeInfinity, 4, 2 }).reshape(2, 6);
        var mask = tensor(new[] { true, true, true, false, true, false }).logical_or(tensor(new[] { false, true }).unsqueeze(-1));
        var network = Network(layout, swap, tensor(new[] { 0.5, 1.2 }));
        using var permutation = network.Relax(scores, mask);
        TensorCompare.Close(permutation.Apply(scores.unsqueeze(-1)).squeeze(-1), network.Sort(scores, mask), 1e-12, 1e-13);
    }

    [Theory, MemberData(nameof(All))]
    public void Equal_scores_are_mixed_by_halves(NetworkLayout layout, SwapFunction swap)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 2.0, 2.0 }).requires_grad_();
        using var permutation = Network(layout, swap, tensor(0.1, float64)).Relax(scores);
        TensorCompare.Close(full([2, 2], Number(0.5), float64), permutation.Matrix(), 1e-15);
        permutation.Apply(tensor(new[] { 1.0, 0 }).unsqueeze(-1))[0].sum().backward();
        double slope = Slope(swap) / 0.1;
        TensorCompare.Close(tensor(new[] { slope, -slope }), scores.grad!, 1e-9);
    }

    [Theory, MemberData(nameof(All))]
    public void Large_scores_keep_their_digits(NetworkLayout layout, SwapFunction swap)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 1, 1e30, -1e30, 1.5 }).requires_grad_();
        var sorted = Network(layout, swap, tensor(1e-3, float64)).Sort(scores);
        TensorCompare.Close(tensor(new[] { 1e30, 1.5, 1, -1e30 }), sorted, 1e-2, 0);
        sorted.sum().backward();
        Assert.True(scores.grad!.isfinite().all().item<bool>());
    }

    [Theory, InlineData(NetworkLayout.OddEven), InlineData(NetworkLayout.Bitonic)]
    public void Entries_of_zero_have_a_finite_logarithm(NetworkLayout layout)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.0, 4000 }).requires_grad_();
        using var permutation = Network(layout, SwapFunction.Logistic, tensor(1.0, float64)).Relax(scores);
        var loss = permutation.CrossEntropy(tensor(new long[] { 0, 1 }));
        Assert.Equal(-Math.Log(2.2250738585072014e-308), loss.item<double>(), 9);
        Assert.True(permutation.LogMatrix().isfinite().all().item<bool>());
        loss.backward();
        TensorCompare.Close(zeros(2, float64), scores.grad!, 0);
    }

    [Fact]
    public void A_network_too_large_for_memory_is_refused()
    {
        using var scores = zeros(16_386);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new SortingNetwork(1).Relax(scores));
        Assert.Contains("134217728 comparators", error.Message, StringComparison.Ordinal);
        Assert.Contains("16386", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Results_do_not_depend_on_the_number_of_threads()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var values = randn([60, 50], dtype: float64, generator: generator);
        double[] Run()
        {
            var scores = values.detach().clone().requires_grad_();
            using var permutation = Network(NetworkLayout.OddEven, SwapFunction.Cauchy, tensor(0.5, float64)).Relax(scores);
            var result = permutation.Apply(values.unsqueeze(-1).expand(60, 50, 5));
            result.Squared().sum().backward();
            return [.. TensorCompare.Numbers(result), .. TensorCompare.Numbers(scores.grad!)];
        }

        var threads = get_num_threads();
        var parallel = Run();
        set_num_threads(1);
        try
        {
            Assert.Equal(Run(), parallel);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void Unknown_layouts_and_functions_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SortingNetwork(1) { Layout = (NetworkLayout)7 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SortingNetwork(1) { Swap = (SwapFunction)7 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SortingNetwork(0));
    }

    private SortingNetwork Network(NetworkLayout layout, SwapFunction swap, Tensor temperature, bool descending = true) =>
        new(temperature, descending) { Layout = layout, Swap = swap, TwiceDifferentiable = twiceDifferentiable };

    /// <summary>P by its definition: the layers' matrices multiplied, over a power of two of wires if bitonic.</summary>
    private static Tensor Defined(NetworkLayout layout, SwapFunction swap, double[] scores, double temperature)
    {
        var items = scores.Length;
        var wires = items;
        if (layout == NetworkLayout.Bitonic) wires = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)items);
        var product = eye(wires, dtype: float64);
        var state = scores.Concat(Enumerable.Repeat(double.NegativeInfinity, wires - items)).ToArray();
        foreach (var layer in layout == NetworkLayout.OddEven ? OddEven(items) : Bitonic(wires))
        {
            var mixture = new double[wires, wires];
            for (var wire = 0; wire < wires; wire++) mixture[wire, wire] = 1;
            var next = (double[])state.Clone();
            foreach (var (winner, loser) in layer)
            {
                double a = state[winner], b = state[loser];
                var share = double.IsInfinity(a) && double.IsInfinity(b) ? 1 : F(swap, (a - b) / temperature);
                mixture[winner, winner] = mixture[loser, loser] = share;
                mixture[winner, loser] = mixture[loser, winner] = 1 - share;
                // 0 · ∞ is 0 here.
                next[winner] = (share > 0 ? share * a : 0) + (share < 1 ? (1 - share) * b : 0);
                next[loser] = (share < 1 ? (1 - share) * a : 0) + (share > 0 ? share * b : 0);
            }

            state = next;
            product = tensor(mixture).matmul(product);
        }

        return product.narrow(0, 0, items).narrow(1, 0, items);
    }

    private static IEnumerable<List<(int Winner, int Loser)>> OddEven(int items)
    {
        for (var layer = 0; layer < items; layer++)
        {
            var pairs = new List<(int, int)>();
            for (var wire = layer % 2; wire + 1 < items; wire += 2) pairs.Add((wire, wire + 1));
            yield return pairs;
        }
    }

    // The usual form: blocks sorted downwards and upwards in turn.
    private static IEnumerable<List<(int Winner, int Loser)>> Bitonic(int wires)
    {
        for (var block = 2; block <= wires; block *= 2)
        {
            for (var stride = block / 2; stride > 0; stride /= 2)
            {
                var pairs = new List<(int, int)>();
                for (var wire = 0; wire < wires; wire++)
                {
                    if ((wire & stride) != 0) continue;
                    pairs.Add((wire & block) == 0 ? (wire, wire + stride) : (wire + stride, wire));
                }

                yield return pairs;
            }
        }
    }

    private static double F(SwapFunction swap, double x) => swap switch
    {
        SwapFunction.Cauchy => Math.Atan(x) / Math.PI + 0.5,
        SwapFunction.Reciprocal => double.IsInfinity(x) ? (x > 0 ? 1 : 0) : 0.5 * (2 * x / (1 + 2 * Math.Abs(x))) + 0.5,
        SwapFunction.Optimal => x < -0.25 ? -1 / (16 * x) : x > 0.25 ? 1 - 1 / (16 * x) : x + 0.5,
        SwapFunction.Logistic => 1 / (1 + Math.Exp(-x)),
        SwapFunction.LogisticWithReplacement => 1 / (1 + Math.Exp(-Math.Sign(x) * Math.Pow(Math.Abs(x), 0.75))),
        _ => Normal(x),
    };

    // By Simpson's rule from 0.
    private static double Normal(double x)
    {
        if (Math.Abs(x) > 12) return x > 0 ? 1 : 0;
        const int Steps = 4000;
        double sum = 0, step = Math.Abs(x) / Steps;
        for (var k = 0; k <= Steps; k++)
            sum += (k is 0 or Steps ? 1 : k % 2 == 1 ? 4 : 2) * Math.Exp(-0.5 * (k * step) * (k * step));
        return 0.5 + Math.Sign(x) * sum * step / 3 / Math.Sqrt(2 * Math.PI);
    }

    private static double Slope(SwapFunction swap) => swap switch
    {
        SwapFunction.Cauchy => 1 / Math.PI,
        SwapFunction.Reciprocal or SwapFunction.Optimal => 1,
        SwapFunction.Logistic => 0.25,
        SwapFunction.LogisticWithReplacement => 0,
        _ => 1 / Math.Sqrt(2 * Math.PI),
    };
}
