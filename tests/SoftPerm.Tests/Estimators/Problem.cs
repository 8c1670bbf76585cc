using SoftPerm.TestKit.Tensors;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Estimators;

/// <summary>A distribution and a cost with a parameter of its own, whose exact expectation and gradient are known by enumeration.</summary>
/// <remarks>The cost is a bent function of each item's place, read through the operator, so that relaxed permutations have one too.</remarks>
internal sealed class Problem
{
    private readonly double[] logits;

    public Problem(int items)
    {
        logits = [.. Enumerable.Range(0, items).Select(i => 0.6 * Math.Sin(1 + (2.5 * i)))];
        Weights = [.. Enumerable.Range(0, items).Select(i => Math.Cos(3.0 * i))];
        using var generator = new Generator(0);
        var (sums, _, _) = Repeat(new ExactEstimator(), 1, 1, generator);
        Exact = sums;
        Norm = Math.Sqrt(sums[1..^1].Sum(g => g * g));
    }

    /// <summary>How much the cost weighs each item's place.</summary>
    public double[] Weights { get; }

    /// <summary>The expected cost, its gradient in the logits, and that in the cost's parameter.</summary>
    public double[] Exact { get; }

    /// <summary>The length of the exact gradient in the logits.</summary>
    public double Norm { get; }

    /// <summary>The logits of independent repetitions, [repetitions, n].</summary>
    public Tensor Logits(long repetitions) => tensor(logits).expand(repetitions, logits.Length).clone().requires_grad_();

    /// <summary>The cost of permutations, times a parameter.</summary>
    public Tensor Cost(RelaxedPermutation p, Tensor parameter)
    {
        var places = Indices(logits.Length, float64).sub(Number((logits.Length - 1) / 2.0)).unsqueeze(-1);
        var linear = p.ApplyTranspose(places).squeeze(-1).mul(tensor(Weights)).sum(-1);
        return linear.Plus(linear.Squared().mul(Number(0.05))).mul(parameter);
    }

    /// <summary>Repeats an estimate in independent batch rows, each with logits of its own.</summary>
    /// <returns>For the value, each logit and the cost's parameter: the sum, and the sum of squares.</returns>
    public (double[] Sums, double[] Squares, long Count) Repeat(IGradientEstimator estimator, long samples, long repetitions, Generator generator)
    {
        using var scope = NewDisposeScope();
        Tensor rows = Logits(repetitions), parameter = ones(repetitions, float64).requires_grad_();
        var surrogate = estimator.Surrogate(new PlackettLuce(rows), p => Cost(p, parameter), samples, generator);
        surrogate.sum().backward();
        var all = cat([surrogate.detach().unsqueeze(-1), rows.grad!, parameter.grad!.unsqueeze(-1)], -1);
        return (TensorCompare.Numbers(all.sum([0])), TensorCompare.Numbers(all.Squared().sum([0])), repetitions);
    }
}
