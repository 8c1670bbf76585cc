using SoftPerm.TestKit.Tensors;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Hostile;

/// <summary>What a member gives for a batch, by row.</summary>
/// <param name="Results">Its results.</param>
/// <param name="Gradients">The gradient of a weighted sum of a row's results in its values.</param>
internal sealed record Outcome(double[][] Results, double[][] Gradients)
{
    /// <summary>Computes a member forward and backward.</summary>
    /// <param name="given">The case.</param>
    /// <param name="member">The member.</param>
    /// <param name="mode">The mode.</param>
    /// <param name="weights">The weight of each number of a row's results; null for some that differ.</param>
    public static Outcome Of(HostileCase given, HostileMember member, SoftMode mode, double[]? weights = null)
    {
        using var scope = NewDisposeScope();
        var batch = given.Batch;
        var values = batch.Tensor(batch.Rows).requires_grad_();
        var how = new SoftCase
        {
            Relaxation = HostileVariants.Of(given.Variant),
            Mode = mode,
            Descending = given.Descending,
            Mask = batch.Mask(),
            Temperature = given.Temperature,
        };
        var result = member.Compute(values, given, how).reshape(batch.Rows.Length, -1);
        if (result.requires_grad) result.mul(tensor(weights ?? Weights((int)result.size(-1)), result.dtype)).sum().backward();
        return new Outcome(ByRow(result), ByRow(values.grad ?? zeros_like(values)));
    }

    /// <summary>Weights of which no two are alike.</summary>
    public static double[] Weights(int count) => [.. Enumerable.Range(0, count).Select(k => Math.Cos(k))];

    private static double[][] ByRow(Tensor rows) => [.. TensorCompare.Numbers(rows).Chunk((int)rows.size(-1))];
}
