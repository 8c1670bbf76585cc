namespace SoftPerm;

/// <summary>A soft choice of k values along an axis, as a module: how much each belongs to the first k places.</summary>
/// <remarks>
/// <para>For a choice that is exact forward and soft backward, give it <see cref="SoftOrdering.StraightThrough"/>.</para>
/// <para>Its parameters are those of a <see cref="LearnedTemperature"/>, if the relaxation has one.</para>
/// </remarks>
public sealed class SoftTopK : nn.Module<Tensor, Tensor>
{
    private readonly SoftOrdering relaxation;
    private readonly long dim;

    /// <summary>Creates the module.</summary>
    /// <param name="k">How many to choose, at least 1.</param>
    /// <param name="relaxation">How; null for scale-free NeuralSort, the largest first.</param>
    /// <param name="dim">The axis that is chosen along; negative ones count from the last.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is less than 1.</exception>
    public SoftTopK(long k, SoftOrdering? relaxation = null, long dim = -1) : base(nameof(SoftTopK))
    {
        if (k < 1) throw new ArgumentOutOfRangeException(nameof(k), k, "k must be at least 1.");
        (K, this.relaxation, this.dim) = (k, relaxation ?? new ScaleFree(), dim);
        this.relaxation.RegisterTemperature(this);
    }

    /// <summary>How many are chosen.</summary>
    public long K { get; }

    /// <summary>The membership of each value, of the shape of the values; sums to k along the axis.</summary>
    /// <param name="values">Any shape with n ≥ k values along the axis, floating point.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than k values, or there is no such axis.</exception>
    public override Tensor forward(Tensor values) => Soft.Membership(values, K, relaxation, dim);

    /// <summary>The membership of each value that is there.</summary>
    /// <param name="values">As without a mask.</param>
    /// <param name="mask">Which values are there, bool, broadcasting to them; null for all.</param>
    public Tensor forward(Tensor values, Tensor? mask) => Soft.Membership(values, K, relaxation, dim, mask);
}
