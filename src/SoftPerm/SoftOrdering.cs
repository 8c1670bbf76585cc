using SoftPerm.Relaxations;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>A differentiable stand-in for sorting and ranking values along their last axis.</summary>
/// <remarks>
/// <para>Every <see cref="Relaxation"/> is one, by its matrix; <see cref="Permutahedron"/> has results without a matrix; <see cref="ScaleFree"/>
/// and <see cref="StraightThrough"/> make one of another. In the limit of low temperature, results are those of an exact sort. A NaN makes its
/// own batch row NaN and no other.</para>
/// <para><b>Types.</b> float16 and bfloat16 values are computed with in float32; results come back in their type, ranks and positions too:
/// float16 tells whole numbers apart up to 2,048, bfloat16 up to 256. For longer sequences give float32.</para>
/// <para><b>Gradient.</b> What is computed while gradients are off (<c>torch.no_grad</c>) has none.</para>
/// <para>Results belong to the caller's dispose scope. Not to be inherited from outside of this library.</para>
/// </remarks>
public abstract class SoftOrdering
{
    private readonly Temperature? temperature;

    private protected SoftOrdering(Temperature temperature, bool descending) : this(descending)
    {
        ArgumentNullException.ThrowIfNull(temperature);
        this.temperature = temperature;
    }

    /// <summary>An ordering made of others, without a temperature of its own.</summary>
    private protected SoftOrdering(bool descending) => Descending = descending;

    /// <summary>Whether the first place, rank 0, holds the largest value.</summary>
    public bool Descending { get; }

    /// <summary>What it guarantees at every temperature.</summary>
    public abstract RelaxationProperties Properties { get; }

    /// <summary>What it is called in messages.</summary>
    internal virtual string Name => GetType().Name;

    /// <summary>The module whose parameters the temperature depends on, if it is a <see cref="LearnedTemperature"/>.</summary>
    internal virtual nn.Module? Learned => temperature?.Module;

    /// <summary>Makes a learned temperature a module of one that computes with this relaxation.</summary>
    internal void RegisterTemperature(nn.Module owner)
    {
        if (Learned is { } module) owner.register_module("temperature", module);
    }

    /// <summary>The softly sorted values.</summary>
    /// <param name="values">Shape [..., n] with n ≥ 1, floating point, on any device. A network's output of shape [b, n, 1] would be b·n lists of
    /// one value: squeeze it.</param>
    /// <param name="mask">Which values are there, bool, broadcasting to them; null means all. Absent values come last, as zeros.</param>
    /// <returns>Shape [..., n], by place.</returns>
    /// <exception cref="ArgumentException">The values have no axis, an empty last axis or another element type; or the mask is not boolean or
    /// does not broadcast to them.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A tensor temperature holds a value that is not positive and finite.</exception>
    public Tensor Sort(Tensor values, Tensor? mask = null) => Read(values, mask, SortCore);

    /// <summary>The soft ranks: the place of each value, 0 for the first.</summary>
    /// <inheritdoc cref="Sort"/>
    /// <param name="values">As for <see cref="Sort"/>.</param>
    /// <param name="mask">As for <see cref="Sort"/>; absent values have rank 0 and no gradient.</param>
    /// <returns>Shape [..., n], by item, within 0…n-1.</returns>
    public Tensor Rank(Tensor values, Tensor? mask = null) => Read(values, mask, RankCore);

    /// <summary>How much each value belongs to the first k places.</summary>
    /// <inheritdoc cref="Sort"/>
    /// <param name="values">As for <see cref="Sort"/>.</param>
    /// <param name="k">The number of places, 1 to n.</param>
    /// <param name="mask">As for <see cref="Sort"/>; absent values belong to no place.</param>
    /// <returns>Shape [..., n], by item, within 0…1; sums to k, or to the number of values there if that is less. Those of the entropic
    /// <see cref="Permutahedron"/> sum to at least that, and to exactly that where they are 0 and 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">k is not in 1…n.</exception>
    public Tensor TopK(Tensor values, long k, Tensor? mask = null)
    {
        Check.Scores(values, nameof(values));
        Check.Places(k, values.size(-1), nameof(k));
        return Read(values, mask, (x, m) => TopKCore(x, k, m));
    }

    /// <summary>A soft quantile: 0 the smallest value, 0.5 the median, 1 the largest.</summary>
    /// <remarks>Between two places, values are interpolated linearly. A quantile that falls on a place, up to the rounding of q (n - 1), is
    /// what is at that place alone.</remarks>
    /// <inheritdoc cref="Sort"/>
    /// <param name="values">As for <see cref="Sort"/>.</param>
    /// <param name="quantile">q in [0, 1].</param>
    /// <param name="mask">As for <see cref="Sort"/>; absent values do not count.</param>
    /// <returns>Shape [...]; 0 where no value is there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">q is not in [0, 1].</exception>
    public Tensor Quantile(Tensor values, double quantile, Tensor? mask = null)
    {
        Check.Quantile(quantile, nameof(quantile));
        return Read(values, mask, (x, m) => QuantileCore(x, quantile, m));
    }

    /// <summary>The same with the results of the exact sort forward and these gradients backward.</summary>
    public SoftOrdering StraightThrough() => new StraightThroughOrdering(this);

    /// <summary>The expected position of what is at each place.</summary>
    internal Tensor ArgSort(Tensor values, Tensor? mask) => Read(values, mask, ArgSortCore);

    /// <summary>Membership in the first k places, and the softly sorted values.</summary>
    internal (Tensor Membership, Tensor Sorted) Select(Tensor values, long k, Tensor? mask)
    {
        CheckInputs(values, mask);
        Check.Places(k, values.size(-1), nameof(k));
        using var scope = new CallScope(this, values, mask);
        var (membership, sorted) = SelectCore(values.AtLeastSingle(), k, mask);
        return (membership.As(values.dtype).MoveToOuterDisposeScope(), sorted.As(values.dtype).MoveToOuterDisposeScope());
    }

    /// <summary>The softly sorted values, of checked ones of float32 or float64; temporaries may be left in the dispose scope of the call.</summary>
    internal abstract Tensor SortCore(Tensor values, Tensor? mask);

    /// <summary>The soft ranks of checked values.</summary>
    internal abstract Tensor RankCore(Tensor values, Tensor? mask);

    /// <summary>Membership in the first k places, and the softly sorted values, of checked values.</summary>
    internal virtual (Tensor Membership, Tensor Sorted) SelectCore(Tensor values, long k, Tensor? mask) => (TopKCore(values, k, mask), SortCore(values, mask));

    /// <summary>How much each of checked values belongs to the first k places.</summary>
    internal abstract Tensor TopKCore(Tensor values, long k, Tensor? mask);

    /// <summary>The quantile of checked values.</summary>
    internal abstract Tensor QuantileCore(Tensor values, double quantile, Tensor? mask);

    /// <summary>The expected position of what is at each place, of checked values.</summary>
    internal virtual Tensor ArgSortCore(Tensor values, Tensor? mask) =>
        throw new ArgumentException($"ArgSort needs a relaxation with a matrix, which {Name} has not; choose another, or use Rank.");

    /// <summary>τ of each batch row of scores.</summary>
    private protected Tensor TemperaturesOf(Tensor scores) => temperature!.For(scores);

    /// <summary>Checks values and computes with them, in float32 where theirs is a half type.</summary>
    private protected Tensor Read(Tensor values, Tensor? mask, Func<Tensor, Tensor?, Tensor> compute)
    {
        CheckInputs(values, mask);
        using var scope = new CallScope(this, values, mask);
        return compute(values.AtLeastSingle(), mask).As(values.dtype).MoveToOuterDisposeScope();
    }

    private static void CheckInputs(Tensor values, Tensor? mask)
    {
        Check.Scores(values, nameof(values));
        if (mask is not null) Check.Mask(mask, values, nameof(mask));
    }
}
