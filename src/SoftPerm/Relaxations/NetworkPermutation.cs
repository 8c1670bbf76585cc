using System.Numerics;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Kernels.SortingNetworks;

namespace SoftPerm;

/// <summary>A relaxed sorting network in kernels, which knows what became of its own scores.</summary>
internal sealed class NetworkPermutation<T> : OperatorPermutation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <param name="scores">s.</param>
    /// <param name="temperatures">τ, float64 of the batch shape, with a gradient if it is learned.</param>
    /// <param name="mask">Which items are there, or null.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <param name="create">Makes the operators of sorted items, for a number of threads.</param>
    /// <param name="compose">Makes the same permutation of tensor operations, for orders of more batch axes than the scores.</param>
    public NetworkPermutation(
        Tensor scores, Tensor temperatures, Tensor? mask, bool descending, Func<SortedItems, int, NetworkOperators<T>> create, Composition compose)
        : base(scores, temperatures, mask, descending, create, compose)
    {
    }

    private protected override Tensor SoftlySortedCore(Tensor scores)
    {
        Tensor given = scores.detach().contiguous(), result = empty(given.shape, ElementType);
        var kernel = Operators.Value;
        kernel.SortScores(Matrix(given, 1), Matrix(result, 1));
        GC.KeepAlive(given);
        return Attach(result, [Operators.Hold()], null, [], (upstream, _, scoreGradient, temperatureGradient) =>
            kernel.SortScoresGradient(Matrix(upstream, 1), Matrix(scoreGradient, 1), temperatureGradient));
    }

    protected override Tensor LogMatrixCore() => NetworkLog.Of(MatrixCore());

    protected override Tensor MatrixCore() => ApplyCore(eye(Items, dtype: ElementType).expand([.. Batch, Items, Items]));
}
