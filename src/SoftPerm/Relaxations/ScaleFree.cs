using SoftPerm.Relaxations;

namespace SoftPerm;

/// <summary>A relaxation whose temperature follows the spread of each row of values: nothing to choose, and nothing to change when their scale does.</summary>
/// <remarks>
/// <para><b>Definition.</b> The relaxation at <see cref="KnownRelaxation.TemperatureFor"/> the values, of each batch row by itself.</para>
/// <para><b>Properties.</b> Scale-free: values scaled by c > 0 give the same ranks and memberships, and sorted values scaled by c (but for the
/// entropic permutahedron). Values of up to 1e300 in size will do.</para>
/// <para><b>Gradient.</b> In the values; the temperature counts as a constant.</para>
/// <para><b>Cost.</b> That of the relaxation, and a pass over the values.</para>
/// </remarks>
public sealed class ScaleFree : SoftOrdering
{
    private readonly KnownRelaxation known;

    /// <summary>A relaxation made scale-free.</summary>
    /// <param name="relaxation">Of <see cref="RelaxationCatalog"/>; null for NeuralSort.</param>
    /// <param name="descending">Whether the first place holds the largest value.</param>
    public ScaleFree(KnownRelaxation? relaxation = null, bool descending = true) : base(descending) => known = relaxation ?? NeuralSort.Known;

    /// <inheritdoc/>
    public override RelaxationProperties Properties => known.Properties & CommonProperties.OfComposites;

    internal override string Name => $"'{known.Name}'";

    internal override Tensor SortCore(Tensor values, Tensor? mask) =>
        Computed(values, mask, sorts: true, (ordering, x) => ordering.SortCore(x, mask), (result, scale) => result.div(scale.unsqueeze(-1)));

    internal override Tensor RankCore(Tensor values, Tensor? mask) => Computed(values, mask, sorts: false, (ordering, x) => ordering.RankCore(x, mask));

    internal override Tensor TopKCore(Tensor values, long k, Tensor? mask) =>
        Computed(values, mask, sorts: false, (ordering, x) => ordering.TopKCore(x, k, mask));

    internal override (Tensor Membership, Tensor Sorted) SelectCore(Tensor values, long k, Tensor? mask)
    {
        if (known.SortsByInverseTemperature) return base.SelectCore(values, k, mask);
        var temperature = known.TemperatureFor(values, mask);
        return ValueScale.Of(temperature) is null ? known.Create(temperature, Descending).SelectCore(values, k, mask) : base.SelectCore(values, k, mask);
    }

    internal override Tensor QuantileCore(Tensor values, double quantile, Tensor? mask) =>
        Computed(values, mask, sorts: true, (ordering, x) => ordering.QuantileCore(x, quantile, mask), (result, scale) => result.div(scale));

    internal override Tensor ArgSortCore(Tensor values, Tensor? mask) => Computed(values, mask, sorts: false, (ordering, x) => ordering.ArgSortCore(x, mask));

    /// <summary>Computes at the temperature of each row; where that is out of range, as the square of a deviation may be, on another scale.</summary>
    private Tensor Computed(
        Tensor values, Tensor? mask, bool sorts, Func<SoftOrdering, Tensor, Tensor> compute, Func<Tensor, Tensor, Tensor>? rescale = null)
    {
        var temperature = known.TemperatureFor(values, mask, sorts);
        var risesWithValues = sorts && known.SortsByInverseTemperature ? temperature.reciprocal() : temperature;
        if (!known.Properties.HasFlag(RelaxationProperties.ScaleEquivariant) || ValueScale.Of(risesWithValues) is not { } scale)
            return compute(known.Create(temperature, Descending), values);
        var scaled = values.mul(scale.unsqueeze(-1).to(values.dtype));
        var result = compute(known.Create(known.TemperatureFor(scaled, mask, sorts), Descending), scaled);
        return rescale is null ? result : rescale(result, scale.to(result.dtype));
    }
}
