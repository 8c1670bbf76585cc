namespace SoftPerm.Relaxations;

/// <summary>Rows of log P̂ for LapSum: the logarithm of a difference of two Laplace distribution functions of neighbouring thresholds.</summary>
/// <remarks>
/// Thresholds come from the closed form, without a gradient. Two Newton steps, which move none of them, give it: as their error
/// shrinks from e to e⁴, first and second derivatives are exact.
/// </remarks>
internal sealed class LapSumRows : LogRows
{
    private const double Far = 1e300; // as good as infinite: a place's own end of the line
    private const double WidestGap = 1e290;
    private const double Least = 1e-300; // what is less than it has no logarithm worth a gradient

    private readonly Tensor depths;
    private readonly Tensor columns;
    private readonly Tensor first;
    private readonly Tensor count;
    private readonly Tensor spoiled;
    private readonly Tensor thresholds;

    /// <param name="sorted">The scores.</param>
    /// <param name="temperature">τ, of the batch shape.</param>
    /// <param name="type">The element type of the rows.</param>
    public LapSumRows(SortedScores sorted, Tensor temperature, ScalarType type) : base(sorted, type)
    {
        var finite = sorted.Group?.eq(Number(1)) ?? ones_like(sorted.Values, @bool);
        count = finite.sum(-1, keepdim: true);
        first = sorted.Group?.eq(Number(0)).sum(-1, keepdim: true) ?? zeros_like(count);
        var scores = sorted.Values;
        var middle = scores.gather(-1, first.Plus(count.div(Number(2), RoundingMode.floor)).clamp_max(Number(scores.size(-1) - 1))).detach();
        depths = middle.sub(scores).div(temperature.unsqueeze(-1)).clamp(Number(-WidestGap), Number(WidestGap));
        columns = finite.logical_not();
        spoiled = sorted.Spoiled;
        thresholds = Solve(Indices(scores.size(-1), scores.dtype, scores.device).expand(scores.shape));
    }

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [depths, columns, first, count, spoiled, thresholds];

    /// <summary>How much each score belongs to the first k places, by place: Φ(d - y[j]) with F(d) = k.</summary>
    /// <param name="k">Shape [..., 1].</param>
    public Tensor Choice(Tensor k)
    {
        Tensor number = k.sub(first), open = number.le(Number(0)).logical_or(number.ge(count));
        var inside = number.masked_fill(open, Number(0.5)); // anything between two places
        var threshold = Follow(Solve(inside.detach()), inside.sub(inside.detach()));
        var distance = threshold.unsqueeze(-1).sub(depths.unsqueeze(-2)).squeeze(-2);
        var chosen = where(distance.ge(Number(0)), distance.abs().neg().exp().mul(Number(-0.5)).Plus(1), distance.abs().neg().exp().mul(Number(0.5)));
        return where(open, number.gt(Number(0)).to(chosen.dtype).expand(chosen.shape), chosen).Plus(spoiled);
    }

    /// <inheritdoc/>
    protected override Tensor Logits(Tensor places)
    {
        long[] rows = [.. depths.shape.AsSpan()[..^1], places.size(-1)];
        var above = places.sub(first).clamp_min(Number(0)).minimum(count.sub(Number(1)).clamp_min(Number(0))).expand(rows);
        var below = above.Plus(1);
        Tensor start = Threshold(above), end = Threshold(below), items = depths.unsqueeze(-2);
        start = start.masked_fill(above.eq(Number(0)), Number(-Far)).unsqueeze(-1);
        end = end.masked_fill(below.ge(count), Number(Far)).unsqueeze(-1);
        var width = end.sub(start).neg().expm1().neg();
        Tensor before = items.sub(start), behind = end.sub(items);
        var inside = before.clamp_min(Number(0)).neg().expm1().Plus(behind.clamp_min(Number(0)).neg().expm1()).mul(Number(-0.5)).clamp_min(Number(Least)).log();
        var outside = width.mul(Number(0.5)).clamp_min(Number(Least)).log().Plus(before.minimum(behind));
        return where(before.minimum(behind).ge(Number(0)), inside, outside).Plus(spoiled.unsqueeze(-1));
    }

    private Tensor Threshold(Tensor numbers)
    {
        var d = thresholds.gather(-1, numbers.clamp_max(Number(depths.size(-1) - 1)));
        return Follow(d, zeros_like(d));
    }

    /// <summary>Thresholds that keep their value and get the gradient of the scores, and of a change of what they count.</summary>
    private Tensor Follow(Tensor thresholds, Tensor change)
    {
        for (var step = 0; step < 2; step++)
        {
            var distance = thresholds.unsqueeze(-1).sub(depths.unsqueeze(-2));
            // Densities relative to the largest, which may itself underflow. The kink at 0 must keep its slope of 1.
            var sign = distance.detach().ge(Number(0)).to(distance.dtype).mul(Number(2)).sub(Number(1));
            var away = distance.mul(sign).masked_fill(columns.unsqueeze(-2), Number(double.PositiveInfinity));
            var nearest = away.detach().amin([-1], keepdim: true).masked_fill(count.eq(Number(0)).unsqueeze(-1), Number(0));
            var density = away.sub(nearest).neg().exp();
            var counted = density.mul(sign).sum(-1).mul(Number(-0.5));
            var excess = counted.sub(counted.detach()).sub(change.mul(nearest.squeeze(-1).clamp_max(Number(700)).exp()));
            thresholds = thresholds.sub(excess.div(density.sum(-1).clamp_min(Number(1)).mul(Number(0.5))));
        }

        return thresholds;
    }

    /// <summary>The closed form: d with F(d) = k, k by entry, no gradient.</summary>
    private Tensor Solve(Tensor k)
    {
        using var _ = no_grad();
        var n = depths.size(-1);
        // A, B: the totals fading from the scores before and behind each.
        var before = depths.masked_fill(columns, Number(double.NegativeInfinity)).logcumsumexp(-1).sub(depths);
        var behind = depths.neg().masked_fill(columns, Number(double.NegativeInfinity)).flip(-1).logcumsumexp(-1).flip(-1).Plus(depths);
        var place = Indices(n, int64, depths.device).sub(first);
        var next = arange(Number(1), Number(n + 1), Number(1), int64, depths.device).clamp_max(Number(n - 1)).expand(depths.shape);
        var gaps = depths.gather(-1, next).sub(depths);
        var counts = behind.gather(-1, next).sub(gaps).exp().masked_fill(place.Plus(1).ge(count), Number(0)).sub(before.exp()).mul(Number(0.5)).Plus(place).Plus(1);
        counts = counts.masked_fill(place.lt(Number(0)), Number(double.NegativeInfinity)).masked_fill(place.ge(count), Number(double.PositiveInfinity));
        var segment = searchsorted(counts.contiguous(), k.contiguous(), right: true).sub(Number(1));
        Tensor left = segment.clamp_min(Number(0)), right = segment.Plus(1).clamp_max(Number(n - 1));
        var excess = k.sub(segment.sub(first).Plus(1));
        var a = before.gather(-1, left).masked_fill(segment.lt(first), Number(double.NegativeInfinity));
        var b = behind.gather(-1, right).masked_fill(segment.Plus(1).ge(first.Plus(count)), Number(double.NegativeInfinity));
        Tensor y = depths.gather(-1, left), z = depths.gather(-1, right), gap = z.sub(y);
        var root = excess.abs().Plus(excess.Squared().Plus(a.Plus(b).sub(gap).exp()).sqrt()).log();
        var centre = y.Plus(gap.Plus(a).sub(b).mul(Number(0.5)));
        return where(excess.lt(Number(0)), y.Plus(a.sub(root)), where(excess.gt(Number(0)), z.sub(b.sub(root)), centre)).nan_to_num(0);
    }
}
