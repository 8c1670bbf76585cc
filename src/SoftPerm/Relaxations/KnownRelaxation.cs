namespace SoftPerm;

/// <summary>A relaxation as the catalog knows it.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Title">Its name in text.</param>
/// <param name="Source">Where it was published.</param>
/// <param name="Time">The time of an operator of it on the CPU.</param>
/// <param name="Memory">What an operator of it keeps for its gradient on the CPU.</param>
/// <param name="TemperatureUnit">What temperatures are measured in, s being a unit of the scores.</param>
/// <param name="Properties">What it guarantees.</param>
/// <param name="Create">Makes it from a temperature, which may be learned, and a direction.</param>
/// <param name="ScaleFreeTemperature">The temperature for a standard deviation of the scores and a number of items, both float64 of the
/// batch shape, at which places blend with about √n others: a place to start from.</param>
public sealed record KnownRelaxation(
    string Name, string Title, string Source, string Time, string Memory, string TemperatureUnit, RelaxationProperties Properties,
    Func<Tensor, bool, ISoftOrdering> Create, Func<Tensor, Tensor, Tensor> ScaleFreeTemperature)
{
    /// <summary>Whether softly sorted values and quantiles take the inverse of the temperature that ranks take.</summary>
    public bool SortsByInverseTemperature { get; init; }

    /// <summary>The scale-free temperature of each batch row of scores, float64 of the batch shape, without a gradient.</summary>
    /// <remarks>
    /// <para><b>Definition.</b> <see cref="ScaleFreeTemperature"/> of the standard deviation, 1 where scores do not differ. For sorting by
    /// an inverse temperature, the inverse of 1.05 times the widest mean gap over ⌈√n⌉ neighbours: the projection then blends no more than
    /// ⌈√n⌉ places, and the more of them the further values lie apart beside the others.</para>
    /// <para><b>Properties.</b> Blind to offsets. Infinite scores do not count.</para>
    /// <para><b>Source.</b> docs/math/permutahedron.md, section 5, for sorting by an inverse temperature.</para>
    /// </remarks>
    /// <param name="scores">Shape [..., n], float32 or float64.</param>
    /// <param name="mask">Which items are there, broadcasting to the scores; null for all.</param>
    /// <param name="sorts">Whether values are to be sorted, and not ranked.</param>
    public Tensor TemperatureFor(Tensor scores, Tensor? mask = null, bool sorts = false)
    {
        using var scope = new CallScope(this, scores, mask);
        using var _ = no_grad();
        if (sorts && SortsByInverseTemperature) return ValueSpacing.Of(scores, mask).reciprocal().clamp_max(Number(double.MaxValue)).MoveToOuterDisposeScope();
        var deviation = ScoreSpread.Deviation(scores, mask);
        var items = mask is null
            ? full_like(deviation, Number(scores.size(-1)))
            : mask.expand(scores.shape).sum(-1).clamp_min(Number(1)).to(deviation.dtype);
        return ScaleFreeTemperature(deviation, items).MoveToOuterDisposeScope();
    }
}
