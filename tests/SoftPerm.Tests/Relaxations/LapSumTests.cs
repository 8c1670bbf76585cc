using CsCheck;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

public sealed class LapSumTestsInKernels() : LapSumTests(twiceDifferentiable: false);

public sealed class LapSumTestsInTensorOperations() : LapSumTests(twiceDifferentiable: true)
{
    [Fact]
    public void Second_derivatives_are_those_of_differences()
    {
        using var scope = NewDisposeScope();
        var weights = tensor(new[] { 0.3, -1.2, 0.7, 2.0, -0.4 });
        var scores = tensor(new[] { 0.1, 1.3, -0.6, 0.45, 2.0 });
        var values = tensor(new[] { 1.0, -0.5, 2.0, 0.3, 0.9 }).unsqueeze(-1);
        GradientCheck.Check(
            t =>
            {
                using var withGradients = enable_grad(); // differences are taken without
                var leaf = t[0].requires_grad ? t[0] : t[0].clone().requires_grad_();
                using var permutation = new LapSum(0.8) { TwiceDifferentiable = true }.Relax(leaf);
                var loss = permutation.Apply(values).squeeze(-1).mul(weights).sum();
                return autograd.grad([loss], [leaf], retain_graph: true, create_graph: true)[0];
            }, 1e-8, scores);
    }
}

/// <summary>What is LapSum's own; the conformance suite has the rest.</summary>
public abstract class LapSumTests(bool twiceDifferentiable)
{
    [Fact]
    public void The_matrix_is_that_of_the_definition() =>
        Gen.Select(Gen.Double[-3, 3].Array[1, 12], Gen.Double[-1.5, 2].Select(e => Math.Pow(10, e))).Sample((scores, temperature) =>
        {
            using var scope = NewDisposeScope();
            var expected = tensor(Definition(scores, temperature)).reshape(scores.Length, -1);
            using var permutation = Sort(temperature).Relax(tensor(scores));
            TensorCompare.Close(expected, permutation.Matrix(), 0, 1e-12);
            var values = Indices(scores.Length, float64).mul(Number(1.7)).cos().unsqueeze(-1);
            TensorCompare.Close(expected.matmul(values), permutation.Apply(values), 0, 1e-12);
            TensorCompare.Close(expected.transpose(0, 1).matmul(values), permutation.ApplyTranspose(values), 0, 1e-12);
        }, iter: 60);

    [Fact]
    public void Ties_share_alike() => Gen.Int[0, 2].Array[2, 9].Sample(levels =>
    {
        using var scope = NewDisposeScope();
        double[] scores = [.. levels.Select(l => (double)l)];
        var leaf = tensor(scores).requires_grad_();
        var upstream = Indices(scores.Length, float64).mul(Number(3)).sin().unsqueeze(-1);
        using var permutation = Sort(1.5).Relax(leaf);
        TensorCompare.Close(tensor(Definition(scores, 1.5)).reshape(scores.Length, -1), permutation.Matrix(), 0, 1e-12);
        permutation.Apply(leaf.detach().unsqueeze(-1)).mul(upstream).sum().backward();
        var gradient = TensorCompare.Numbers(leaf.grad!);
        for (var a = 0; a < scores.Length; a++)
            for (var b = 0; b < a; b++)
                if (levels[a] == levels[b]) Compare.Close(gradient[a], gradient[b], 1e-10, 1e-13);
    }, iter: 30);

    [Theory, InlineData(1e-12), InlineData(1e-3), InlineData(1.0), InlineData(30.0), InlineData(800.0), InlineData(1e6)]
    public void Two_scores_share_by_half_their_gap(double gap)
    {
        using var scope = NewDisposeScope();
        // Two scores: the threshold is in the middle, P[0,0] = Φ(gap / 2).
        var scores = tensor(new[] { 0, gap }).requires_grad_();
        using var permutation = Sort(1).Relax(scores);
        TensorCompare.Close(tensor(0.5 * Math.Exp(-gap / 2)), permutation.Matrix()[0][0], 1e-12, 1e-300);
        TensorCompare.Close(tensor(Math.Log(0.5) - gap / 2), permutation.LogMatrix()[0][0], 1e-12);
        var loss = permutation.CrossEntropy(tensor(new long[] { 0, 1 }));
        Assert.Equal(Math.Log(2) + gap / 2, loss.item<double>(), 1e-12 * Math.Max(1, gap));
        loss.backward();
        TensorCompare.Close(tensor(new[] { -0.5, 0.5 }), scores.grad!, 1e-12);
    }

    [Fact]
    public void Clusters_far_apart_do_not_disturb_each_other()
    {
        using var scope = NewDisposeScope();
        double[] cluster = [0.25, 0.875, -0.5, 0.25]; // exact beside 1e6 too
        var scores = tensor([.. cluster.Select(s => s + 1e6), .. cluster]).requires_grad_();
        using var permutation = Sort(1).Relax(scores);
        var expected = tensor(Definition(cluster, 1)).reshape(4, 4);
        var matrix = permutation.Matrix();
        // Depths of 1e6 are rounded at 1e-10, where tensor operations compose the matrix.
        TensorCompare.Close(expected, matrix.narrow(0, 0, 4).narrow(1, 0, 4), 0, 1e-9);
        TensorCompare.Close(expected, matrix.narrow(0, 4, 4).narrow(1, 4, 4), 0, 1e-9);
        var values = Indices(8, float64).cos().unsqueeze(-1);
        var applied = permutation.Apply(values);
        var tolerance = twiceDifferentiable ? 1e-9 : 1e-13;
        TensorCompare.Close(expected.matmul(values.narrow(0, 0, 4)), applied.narrow(0, 0, 4), 0, tolerance);
        TensorCompare.Close(expected.matmul(values.narrow(0, 4, 4)), applied.narrow(0, 4, 4), 0, tolerance);
        var loss = permutation.Apply(Indices(8, float64).unsqueeze(-1)).Squared().sum();
        (loss.Plus(permutation.CrossEntropy(tensor(new long[] { 7, 6, 5, 4, 3, 2, 1, 0 })))).backward();
        Assert.True(scores.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Long_sequences_are_doubly_stochastic_and_follow_the_definition()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var items = twiceDifferentiable ? 300 : 10_000;
        var scores = randn([items], dtype: float64, generator: generator).pow(Number(3));
        foreach (var temperature in new[] { 1e-6, 1e-2, 1, 100 })
        {
            using var permutation = Sort(temperature).Relax(scores);
            var one = ones(items, 1, float64);
            TensorCompare.Close(one, permutation.Apply(one), 0, 1e-11);
            TensorCompare.Close(one, permutation.ApplyTranspose(one), 0, 1e-11);
            foreach (var place in new long[] { 0, 1, items / 3, items - 1 })
            {
                var expected = Row(TensorCompare.Numbers(scores), temperature, (int)place);
                // The reference's distances have errors of 1e-16 of the scores, which the temperature magnifies.
                Compare.Close(expected, TensorCompare.Numbers(permutation.Row(place)), 0, 1e-11 + 1e-13 / temperature);
            }
        }
    }

    [Fact]
    public void Gradients_of_a_long_sequence_agree_with_tensor_operations()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8);
        var numbers = randn([2, 150], dtype: float64, generator: generator).pow(Number(3));
        var upstream = randn([2, 150, 2], dtype: float64, generator: generator);
        var order = arange(Number(149), Number(-1), Number(-1), int64);
        foreach (var temperature in new[] { 0.01, 0.3, 20 })
        {
            Tensor one = numbers.clone().requires_grad_(), two = numbers.clone().requires_grad_();
            foreach (var (leaf, sort) in new[] { (one, Sort(temperature)), (two, new LapSum(temperature) { TwiceDifferentiable = true }) })
            {
                using var permutation = sort.Relax(leaf);
                (permutation.Apply(upstream).mul(upstream.cos()).sum().Plus(permutation.CrossEntropy(order).sum())).backward();
            }

            TensorCompare.Close(two.grad!, one.grad!, 1e-7, 1e-9 * two.grad!.abs().max().item<double>());
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_real_k_has_a_gradient(bool descending)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var values = randn([3, 6], dtype: float64, generator: generator);
        var temperature = tensor(new[] { 0.3, 0.7, 2.0 });
        var k = tensor(new[] { 0.4, 2.7, 5.6 });
        LapSum Choice(Tensor t) => new(t, descending) { TwiceDifferentiable = twiceDifferentiable };
        GradientCheck.Check(t => Choice(t[1]).FractionalTopK(t[0], t[2]), 1e-8, values, temperature, k);
        TensorCompare.Close(k, Choice(temperature).FractionalTopK(values, k).sum(-1), 1e-12);
        TensorCompare.Close(Choice(temperature).TopK(values, 2), Choice(temperature).FractionalTopK(values, tensor(2.0, float64)), 1e-11, 1e-13);
    }

    [Fact]
    public void The_gradient_in_k_is_the_density_of_the_nearest_scores_far_out_in_a_gap()
    {
        if (twiceDifferentiable) return; // underflows there beyond 700 temperatures
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 0, 1e6, 0, 1e6, 1e6 });
        var k = tensor(3.0, float64).requires_grad_();
        var chosen = Sort(1).FractionalTopK(values, k);
        TensorCompare.Close(tensor(new[] { 0.0, 1, 0, 1, 1 }), chosen, 0, 1e-14);
        chosen.mul(tensor(new[] { 1.0, 2, 3, 4, 6 })).sum().backward();
        Assert.Equal(0.5 * 2 + 0.5 * 4, k.grad!.item<double>(), 12);
    }

    [Fact]
    public void A_real_k_keeps_to_the_values_that_are_there()
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 0.3, double.NaN, 2, -1, 9, 9, 9, 9 }).reshape(2, 4).requires_grad_();
        var mask = tensor(new[] { true, false, true, true, false, false, false, false }).reshape(2, 4);
        var k = tensor(1.3, float64).requires_grad_();
        var found = Sort(0.7).FractionalTopK(values, k, mask);
        var expected = Sort(0.7).FractionalTopK(tensor(new[] { 0.3, 2, -1 }), k);
        TensorCompare.Close(expected, found[0].index_select(0, tensor(new long[] { 0, 2, 3 })), 1e-12);
        Assert.Equal(0, found[0][1].item<double>());
        Assert.All(TensorCompare.Numbers(found[1]), value => Assert.Equal(0, value));
        found.Squared().sum().backward();
        Assert.True(values.grad!.isfinite().all().item<bool>());
        Assert.Equal(0, values.grad![0][1].item<double>());
        Assert.Equal(3, Sort(0.7).FractionalTopK(values, tensor(3.5, float64), mask)[0].sum().item<double>(), 12);
    }

    [Fact]
    public void A_real_k_gives_infinite_values_their_places()
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { double.NegativeInfinity, 1, double.PositiveInfinity, 2 });
        Tensor Chosen(double k) => Sort(1).FractionalTopK(values, tensor(k, float64));
        TensorCompare.Close(tensor(new[] { 0, 0, 0.4, 0 }), Chosen(0.4), 1e-14);
        TensorCompare.Close(tensor(new[] { 0.5, 1, 1, 1 }), Chosen(3.5), 1e-14);
        TensorCompare.Close(Sort(1).FractionalTopK(tensor(new[] { 1.0, 2 }), tensor(0.6, float64)), Chosen(1.6).index_select(0, tensor(new long[] { 1, 3 })), 1e-12);
        var spoiled = Sort(1).FractionalTopK(tensor(new[] { 1, double.NaN, 1, 2 }).reshape(2, 2), tensor(1.5, float64));
        Assert.True(spoiled[0].isnan().all().item<bool>());
        Assert.True(spoiled[1].isfinite().all().item<bool>());
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_real_k_has_a_gradient_where_infinities_lie_beyond_it(bool composed)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 2, 1, double.NegativeInfinity, double.NegativeInfinity, 0.5 }).requires_grad_();
        var finite = tensor(new[] { 2.0, 1, 0.5 }).requires_grad_();
        var weights = tensor(new[] { 1.0, -2, 3 });
        var items = tensor(new long[] { 0, 1, 4 });
        var sort = new LapSum(0.7) { TwiceDifferentiable = composed };
        sort.FractionalTopK(values, tensor(1.0, float64)).index_select(0, items).mul(weights).sum().backward();
        sort.FractionalTopK(finite, tensor(1.0, float64)).mul(weights).sum().backward();
        TensorCompare.Close(finite.grad!, values.grad!.index_select(0, items), 1e-13);
        TensorCompare.Close(zeros(2, float64), values.grad!.narrow(0, 2, 2), 0);
    }

    [Fact]
    public void A_real_k_is_checked()
    {
        using var scope = NewDisposeScope();
        var values = ones(2, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => Sort(1).FractionalTopK(values, tensor(0.0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sort(1).FractionalTopK(values, tensor(3.5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sort(1).FractionalTopK(values, tensor(double.NaN)));
        Assert.Throws<ArgumentException>(() => Sort(1).FractionalTopK(values, tensor(2L)));
        Assert.Throws<ArgumentException>(() => Sort(1).FractionalTopK(values, ones(3)));
    }

    [Fact]
    public void A_real_k_leaves_no_tensor_behind()
    {
        using var values = rand(2, 6).requires_grad_();
        using var temperature = tensor(1.0, float64).requires_grad_();
        using var k = tensor(2.5).requires_grad_();
        TensorLeak.Check(() =>
        {
            using var scope = NewDisposeScope();
            new LapSum(temperature) { TwiceDifferentiable = twiceDifferentiable }.FractionalTopK(values, k).Squared().sum().backward();
            values.grad?.zero_();
        });
    }

    [Fact]
    public void Results_repeat_to_the_last_bit()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var scores = randn([3, 400], generator: generator);
        using Tensor first = Sort(0.2).Sort(scores), second = Sort(0.2).Sort(scores);
        TensorCompare.Close(first, second, 0);
    }

    private LapSum Sort(double temperature) => new(temperature) { TwiceDifferentiable = twiceDifferentiable };

    /// <summary>P row after row, thresholds by bisection.</summary>
    private static double[] Definition(double[] scores, double temperature) =>
        [.. Enumerable.Range(0, scores.Length).SelectMany(place => Row(scores, temperature, place))];

    private static double[] Row(double[] scores, double temperature, int place)
    {
        var centre = scores.Average();
        double[] x = [.. scores.Select(s => (s - centre) / temperature)];
        double above = Threshold(x, place), below = Threshold(x, place + 1);
        return [.. x.Select(s => Laplace(s - below) - Laplace(s - above))];
    }

    /// <summary>b with Σ_j Φ(x[j] - b) = k.</summary>
    private static double Threshold(double[] x, int k)
    {
        if (k == 0) return double.PositiveInfinity;
        if (k == x.Length) return double.NegativeInfinity;
        double low = x.Min() - 60, high = x.Max() + 60;
        for (var step = 0; step < 200; step++)
        {
            var middle = 0.5 * (low + high);
            if (x.Sum(s => Laplace(s - middle)) > k) low = middle;
            else high = middle;
        }

        return 0.5 * (low + high);
    }

    private static double Laplace(double x) => x < 0 ? 0.5 * Math.Exp(x) : 1 - 0.5 * Math.Exp(-x);
}
