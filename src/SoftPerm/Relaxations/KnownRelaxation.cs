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
    /// <remarks>The deviation is that of the finite scores that are there, 1 where there is none.</remarks>
    /// <param name="scores">Shape [..., n], float32 or float64.</param>
    /// <param name="mask">Which items are there, broadcasting to the scores; null for all.</param>
    /// <param name="sorts">Whether values are to be sorted, and not ranked.</param>
    public Tensor TemperatureFor(Tensor scores, Tensor? mask = null, bool sorts = false)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var wide = scores.to(Autograd.SortedScores.WideType(scores.device));
        var counted = mask is null ? wide.isfinite() : wide.isfinite().logical_and(mask);
        var present = mask is null ? ones_like(wide) : mask.expand(scores.shape).to(wide.dtype);
        var kept = wide.masked_fill(counted.logical_not(), Number(0));
        var largest = kept.abs().amax([-1], keepdim: true); // squares of what is below 1 do not overflow
        largest = largest.masked_fill(largest.eq(Number(0)), Number(1));
        var (count, unit) = (counted.sum(-1, keepdim: true).clamp_min(Number(1)), kept.div(largest));
        var mean = unit.sum(-1, keepdim: true).div(count);
        var square = unit.sub(mean).masked_fill(counted.logical_not(), Number(0)).Squared().sum(-1, keepdim: true).div(count);
        var deviation = square.sqrt().mul(largest).squeeze(-1);
        // Equal numbers may differ from their mean by a rounding.
        deviation = deviation.masked_fill(deviation.le(largest.squeeze(-1).mul(Number(1e-15))), Number(1));
        var temperature = ScaleFreeTemperature(deviation, present.sum(-1).clamp_min(Number(1)));
        return (sorts && SortsByInverseTemperature ? temperature.reciprocal() : temperature).MoveToOuterDisposeScope();
    }
}
