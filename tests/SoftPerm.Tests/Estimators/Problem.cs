using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Estimators;

/// <summary>A distribution and a cost with a known expectation and gradient, for the golden function f(z) = (Σ_i c[i, z_i])².</summary>
internal sealed class Problem(PlackettLuceCase golden)
{
    public int Items => golden.Logits.Length;

    public double[] Logits => golden.Logits;

    public double Expectation => golden.Expectation;

    public double[] Gradient => golden.GradExpectation;

    public static Problem Of(int items) => new(Golden.PlackettLuce.Single(c => c.Logits.Length == items));

    /// <summary>The cost through the operator, so that it is differentiable: Σ_i (P C')[i, i]... of hard orders the golden one.</summary>
    public Tensor Cost(RelaxedPermutation p)
    {
        using var scope = NewDisposeScope();
        var table = tensor(golden.Cost.SelectMany(row => row).ToArray(), [Items, Items]).transpose(0, 1);
        return p.Apply(table).diagonal(0, -2, -1).sum(-1).square().MoveToOuterDisposeScope();
    }

    /// <summary>The same of the hard order alone.</summary>
    public Tensor HardCost(RelaxedPermutation p)
    {
        using var scope = NewDisposeScope();
        var table = tensor(golden.Cost.SelectMany(row => row).ToArray(), [Items, Items]);
        var order = p.Order();
        return table.expand([.. order.shape[..^1], Items, Items]).gather(-1, order.unsqueeze(-1)).squeeze(-1).sum(-1).square().MoveToOuterDisposeScope();
    }

    /// <summary>The value and the gradient of an estimator, of independent repetitions: each a batch row with logits of its own.</summary>
    public (double[] Values, double[][] Gradients) Repeat(IGradientEstimator estimator, long samples, int repetitions, Generator generator, bool hard = false)
    {
        using var scope = NewDisposeScope();
        var logits = tensor(Logits).expand(repetitions, Items).clone().requires_grad_();
        using var surrogate = estimator.Surrogate(new PlackettLuce(logits), hard ? HardCost : Cost, samples, generator);
        surrogate.sum().backward();
        return (TensorCompare.Numbers(surrogate), [.. TensorCompare.Numbers(logits.grad!).Chunk(Items)]);
    }
}
