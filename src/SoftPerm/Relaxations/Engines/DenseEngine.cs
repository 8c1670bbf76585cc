using SoftPerm.Validation;

namespace SoftPerm.Relaxations;

/// <summary>A relaxed permutation held as the logarithm of its matrix: for matrices that have no structure to use.</summary>
/// <remarks>O(n²) time and memory for one operator. The order is that of largest total log-probability, in O(n³) time.</remarks>
internal sealed class DenseEngine : PermutationEngine
{
    private readonly Tensor log;

    /// <summary>Takes over log P, [..., n, n].</summary>
    public DenseEngine(Tensor log) : base(log.shape.AsSpan()[..^1], log.dtype, log.device, descending: true)
    {
        this.log = log;
        Hold(log);
    }

    public override Tensor Apply(Tensor values) => log.exp().matmul(values);

    public override Tensor ApplyTranspose(Tensor values) => log.exp().transpose(-1, -2).matmul(values);

    public override Tensor TopK(long k) => log.narrow(-2, 0, k).exp().sum(-2);

    public override Tensor Rows(Tensor places) => Gathered.SomeRows(log, places).exp();

    public override Tensor CrossEntropy(Tensor order)
    {
        var shape = Check.Broadcast(order.shape, [.. Batch, Items])!;
        return log.expand([.. shape, Items]).gather(-1, order.expand(shape).unsqueeze(-1)).squeeze(-1).mean([-1]).neg();
    }

    public override Tensor LogMatrix() => log.Own();

    public override Tensor Order() => Matching.Best(log);
}
