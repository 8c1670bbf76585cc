namespace SoftPerm;

/// <summary>A soft choice of k values along an axis, as a module: how much each belongs to the first k places.</summary>
/// <remarks>
/// <para><b>Properties.</b> Memberships are within 0…1 and sum to k, or to the number of values there if that is less; by the entropic
/// <see cref="Permutahedron"/>, to at least that.</para>
/// <para><b>Gradient.</b> In the values, and in a <see cref="LearnedTemperature"/> of the relaxation, whose parameter is the module's. For a
/// choice that is exact forward and soft backward, give it <see cref="SoftOrdering.StraightThrough"/> of a relaxation.</para>
/// <para><b>Cost.</b> That of the relaxation.</para>
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

    /// <summary>The membership of each value.</summary>
    /// <param name="values">Any shape with n ≥ k values along the axis, floating point.</param>
    /// <returns>The shape of the values.</returns>
    /// <exception cref="ArgumentException">The values have no numbers along the axis, or another element type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than k values, or there is no such axis; or a tensor temperature holds a
    /// value that is not positive and finite.</exception>
    public override Tensor forward(Tensor values) => forward(values, null);

    /// <summary>The membership of each value that is there; others have none.</summary>
    /// <inheritdoc cref="forward(Tensor)"/>
    /// <param name="values">As without a mask.</param>
    /// <param name="mask">Which values are there, bool, broadcasting to them; null for all.</param>
    /// <exception cref="ArgumentException">As without a mask; or the mask is not boolean or does not broadcast to the values.</exception>
    public Tensor forward(Tensor values, Tensor? mask) => Soft.Membership(values, K, relaxation, dim, mask);
}
