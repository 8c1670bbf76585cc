using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

/// <summary>Sinkhorn sort: against the Sinkhorn operator on the dense matrix of costs, and what its iterations bring.</summary>
public sealed class SinkhornSortTests
{
    [Theory, InlineData(0.3), InlineData(1), InlineData(10)]
    public void It_is_the_limit_of_the_Sinkhorn_operator_on_the_costs(double temperature)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var scores = randn([3, 7], dtype: float64, generator: generator);
        var places = arange(Number(6), Number(-8), Number(-2), float64).unsqueeze(-1);
        using var dense = new Sinkhorn(temperature) { MaximalIterations = 20_000, Tolerance = 1e-13 }.Normalize(places * scores.unsqueeze(-2));
        using var permutation = new SinkhornSort(temperature) { Iterations = 500 }.Relax(scores);
        Assert.True(dense.Converged);
        TensorCompare.Close(dense.Permutation.Matrix(), permutation.Matrix(), 0, 1e-10);
    }

    [Fact]
    public void One_normalization_of_rows_from_the_sorts_potentials_is_NeuralSort()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var scores = randn([7], dtype: float64, generator: generator);
        // Potentials of the exact sort: along the sorted scores t, g[m+1] - g[m] = (n - 2m) (t[m] - t[m+1]), m = 1…n-1.
        var sorted = scores.sort(-1, descending: true);
        var steps = arange(Number(5), Number(-7), Number(-2), float64) * (sorted.Values.narrow(0, 0, 6) - sorted.Values.narrow(0, 1, 6));
        var potentials = cat([zeros(1, float64), steps.cumsum(0)]).index_select(0, sorted.Indices.argsort());
        var rows = ((arange(Number(6), Number(-8), Number(-2), float64).unsqueeze(-1) * scores).Plus(potentials)).softmax(-1);
        using var neuralSort = new NeuralSort(1).Relax(scores);
        TensorCompare.Close(rows, neuralSort.Matrix(), 1e-11, 1e-13);
    }

    [Fact]
    public void More_iterations_bring_columns_closer_to_one()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var scores = randn([40], dtype: float64, generator: generator);
        double Residual(int iterations)
        {
            using var permutation = new SinkhornSort(0.5) { Iterations = iterations }.Relax(scores);
            var matrix = permutation.Matrix();
            TensorCompare.Close(ones(40, float64), matrix.sum(-1), 1e-12);
            return matrix.sum(-2).sub(Number(1)).abs().max().item<double>();
        }

        double[] residuals = [Residual(1), Residual(10), Residual(100), Residual(1000)];
        Assert.Equal(residuals.OrderDescending(), residuals);
        Assert.True(residuals[0] > 1e-2 && residuals[3] < 1e-6, string.Join(' ', residuals));
    }

    [Fact]
    public void Its_second_derivatives_agree_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var scores = randn([5], dtype: float64, generator: generator);
        var weights = randn([5, 5], dtype: float64, generator: generator);
        GradientCheck.Check(
            t =>
            {
                using var learning = enable_grad(); // finite differences are taken without
                var x = t[0].requires_grad ? t[0] : t[0].detach().requires_grad_();
                using var permutation = new SinkhornSort(1) { Iterations = 3, TwiceDifferentiable = true }.Relax(x);
                return autograd.grad([permutation.Matrix().mul(weights).sum()], [x], retain_graph: true, create_graph: true)[0];
            },
            1e-7, scores);
    }

    [Fact]
    public void A_number_of_iterations_below_one_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SinkhornSort(1) { Iterations = 0 });
}
