using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>Differentiable sorting, ranking and selection in one line, along any axis.</summary>
/// <remarks>
/// <para><b>Definition.</b> The members of <see cref="ISoftOrdering"/> for the relaxation, mode and axis of <see cref="SoftOptions"/>;
/// without options, NeuralSort along the last axis, largest first.</para>
/// <para><b>Properties.</b> Without a temperature in the options, results are scale-free: values scaled by c > 0 give the same ranks and
/// memberships, and sorted values scaled by c (but for the entropic permutahedron). The temperature then follows the standard deviation of each row's finite present values
/// and counts as a constant in the gradient; values of up to 1e300 in size will do.</para>
/// <para><b>Ties.</b> Equal values share the mean of their ranks, in every mode (but for the entropic permutahedron, whose mean is that of
/// exponentials, and networks, which read the order in which values are given). Several infinite values of one sign have no limit: soft and
/// straight-through results that they are part of are NaN. Where a choice must be made between equal values,
/// <see cref="SoftMode.Hard"/> makes it in input order; a soft one shares.</para>
/// <para><b>Padding.</b> Absent values come last: zero where a place or an item has none. Where no value is there, results are zero.</para>
/// <para><b>Cost.</b> That of the relaxation.</para>
/// </remarks>
public static class Soft
{
    private static readonly SoftOptions Default = new();

    /// <summary>The softly sorted values.</summary>
    /// <param name="values">Any shape with n ≥ 1 values along the axis, float32 or float64. A network's output of shape [b, n, 1] is b·n lists of
    /// one value along the last axis: squeeze it, or take axis 1.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>The shape of the values, by place along the axis.</returns>
    /// <exception cref="ArgumentException">The values or the mask have a wrong shape or type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The values have no such axis.</exception>
    public static Tensor Sort(Tensor values, SoftOptions? options = null) =>
        Compute(values, options, SoftResult.Values, (ordering, x, mask) => ordering.Sort(x, mask));

    /// <summary>The soft ranks: the place of each value, 0 for the first.</summary>
    /// <inheritdoc cref="Sort"/>
    /// <returns>The shape of the values, within 0…n-1.</returns>
    public static Tensor Rank(Tensor values, SoftOptions? options = null) =>
        Compute(values, options, SoftResult.Places, (ordering, x, mask) => ordering.Rank(x, mask));

    /// <summary>The expected position of what is at each place, Σ_j j P̂[i,j]: a soft argsort.</summary>
    /// <inheritdoc cref="Sort"/>
    /// <returns>The shape of the values, by place, within 0…n-1; 0 at places that nobody takes.</returns>
    /// <exception cref="ArgumentException">The relaxation has no matrix; or as for <see cref="Sort"/>.</exception>
    public static Tensor ArgSort(Tensor values, SoftOptions? options = null) => Compute(values, options, SoftResult.Places, (ordering, x, mask) =>
    {
        if (ordering is not IRelaxation relaxation)
            throw new ArgumentException("ArgSort needs a relaxation with a matrix; choose another, or use Rank.", nameof(options));
        using var permutation = relaxation.Relax(x, mask);
        using var scope = NewDisposeScope();
        var positions = Indices(x.size(-1), x.dtype, x.device).unsqueeze(-1);
        // The exact sort counts NaN as a number. In gradients it is one only where a relaxation made it so.
        var unordered = mask is null ? x.isnan() : x.isnan().logical_and(mask);
        return permutation.Apply(positions).squeeze(-1).masked_fill(unordered.any(-1, keepdim: true), Number(double.NaN)).MoveToOuterDisposeScope();
    });

    /// <summary>The largest k values (or the smallest, if not descending), and how much each value is one of them.</summary>
    /// <inheritdoc cref="Sort"/>
    /// <param name="values">As for <see cref="Sort"/>.</param>
    /// <param name="k">The number of places, 1 to n.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <remarks><b>Cost.</b> Twice that of the relaxation: membership is one result, the sorted values another.</remarks>
    /// <returns>Membership, which sums to k (at least, by the entropic permutahedron: <see cref="PermutahedronRegularization"/>), and values.</returns>
    /// <exception cref="ArgumentOutOfRangeException">k is not in 1…n.</exception>
    public static SoftTopK TopK(Tensor values, long k, SoftOptions? options = null)
    {
        var membership = Compute(values, options, SoftResult.Places, (ordering, x, mask) => ordering.TopK(x, k, mask));
        using var scope = new CallScope(values, options);
        return new SoftTopK(membership, Sort(values, options).narrow((options ?? Default).Dim, 0, k).MoveToOuterDisposeScope());
    }

    /// <summary>A soft quantile: 0 the smallest value, 0.5 the median, 1 the largest; between two places, interpolated linearly; on a
    /// place (up to the rounding of q (n - 1)), what is there alone.</summary>
    /// <inheritdoc cref="Sort"/>
    /// <param name="values">As for <see cref="Sort"/>.</param>
    /// <param name="quantile">q in [0, 1].</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>The shape of the values without the axis; 0 where no value is there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">q is not in [0, 1].</exception>
    public static Tensor Quantile(Tensor values, double quantile, SoftOptions? options = null) =>
        Compute(values, options, SoftResult.Value, (ordering, x, mask) => ordering.Quantile(x, quantile, mask));

    /// <summary>The soft median; of an even number of values, the mean of the two in the middle.</summary>
    /// <inheritdoc cref="Quantile"/>
    public static Tensor Median(Tensor values, SoftOptions? options = null) => Quantile(values, 0.5, options);

    /// <summary>The soft minimum.</summary>
    /// <inheritdoc cref="Quantile"/>
    public static Tensor Min(Tensor values, SoftOptions? options = null) => Quantile(values, 0, options);

    /// <summary>The soft maximum.</summary>
    /// <inheritdoc cref="Quantile"/>
    public static Tensor Max(Tensor values, SoftOptions? options = null) => Quantile(values, 1, options);

    private static Tensor Compute(Tensor values, SoftOptions? options, SoftResult result, Func<ISoftOrdering, Tensor, Tensor?, Tensor> read)
    {
        var chosen = options ?? Default;
        Check.Axis(values, chosen.Dim, nameof(values));
        using var scope = new CallScope(values, options);
        var inLast = values.movedim([chosen.Dim], [-1]);
        Check.Scores(inLast, nameof(values));
        if (chosen.Mask is { } given) Check.Mask(given, values, nameof(SoftOptions.Mask));
        var mask = chosen.Mask?.expand(values.shape).movedim([chosen.Dim], [-1]);
        var computed = InMode(inLast, mask, chosen, result, read);
        return (result == SoftResult.Value ? computed : computed.movedim([-1], [chosen.Dim])).MoveToOuterDisposeScope();
    }

    private static Tensor InMode(Tensor values, Tensor? mask, SoftOptions options, SoftResult result, Func<ISoftOrdering, Tensor, Tensor?, Tensor> read)
    {
        if (options.Mode == SoftMode.Hard || options.Temperature == 0) return read(new ExactSort(options.Descending), values, mask);
        var soft = options.Temperature is { } given
            ? read(options.Relaxation.Create(tensor(given, float64).to(values.device), options.Descending), values, mask)
            : ScaleFree(values, mask, options, result, read);
        if (options.Mode == SoftMode.Soft) return soft;
        return StraightThroughPermutation.Join(read(new ExactSort(options.Descending), values, mask), soft);
    }

    /// <summary>The result at the temperature of each row's deviation. Where the temperature is out of range, as the square of a deviation may be, the row
    /// is read on another scale.</summary>
    private static Tensor ScaleFree(Tensor values, Tensor? mask, SoftOptions options, SoftResult result, Func<ISoftOrdering, Tensor, Tensor?, Tensor> read)
    {
        var relaxation = options.Relaxation;
        var sorts = result != SoftResult.Places;
        var temperature = relaxation.TemperatureFor(values, mask, sorts);
        var risesWithValues = sorts && relaxation.SortsByInverseTemperature ? temperature.reciprocal() : temperature;
        if (!relaxation.Properties.HasFlag(RelaxationProperties.ScaleEquivariant) || ValueScale.Of(risesWithValues) is not { } scale)
            return read(relaxation.Create(temperature, options.Descending), values, mask);
        var scaled = values.mul(scale.unsqueeze(-1).to(values.dtype));
        temperature = relaxation.TemperatureFor(scaled, mask, sorts);
        var soft = read(relaxation.Create(temperature, options.Descending), scaled, mask);
        return !sorts ? soft : soft.div((result == SoftResult.Value ? scale : scale.unsqueeze(-1)).to(soft.dtype));
    }

    /// <summary>What a result is made of.</summary>
    private enum SoftResult
    {
        /// <summary>Places or memberships, along the axis.</summary>
        Places,

        /// <summary>Values, along the axis.</summary>
        Values,

        /// <summary>One value in the place of the axis.</summary>
        Value,
    }
}
