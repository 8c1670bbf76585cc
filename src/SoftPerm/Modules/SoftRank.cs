namespace SoftPerm;

/// <summary>Soft ranks along an axis, as a module: <see cref="Soft.Rank"/>.</summary>
/// <remarks>
/// <para><b>Gradient.</b> In the values, and in a <see cref="LearnedTemperature"/> of the relaxation, whose parameter is the module's.</para>
/// <para><b>Cost.</b> That of the relaxation.</para>
/// </remarks>
public sealed class SoftRank : nn.Module<Tensor, Tensor>
{
    private readonly SoftOrdering relaxation;
    private readonly long dim;

    /// <summary>Creates the module.</summary>
    /// <param name="relaxation">How; null for scale-free NeuralSort, the largest first.</param>
    /// <param name="dim">The axis that is ranked; negative ones count from the last.</param>
    public SoftRank(SoftOrdering? relaxation = null, long dim = -1) : base(nameof(SoftRank))
    {
        (this.relaxation, this.dim) = (relaxation ?? new ScaleFree(), dim);
        this.relaxation.RegisterTemperature(this);
    }

    /// <summary>The soft ranks: the place of each value, 0 for the first.</summary>
    /// <inheritdoc cref="Soft.Rank"/>
    public override Tensor forward(Tensor values) => forward(values, null);

    /// <summary>The soft ranks of the values that are there.</summary>
    /// <inheritdoc cref="Soft.Rank"/>
    public Tensor forward(Tensor values, Tensor? mask) => Soft.Rank(values, relaxation, dim, mask);
}
