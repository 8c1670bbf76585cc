namespace SoftPerm.Autograd;

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
        var finite = sorted.Group?.eq(1) ?? ones_like(sorted.Values, @bool);
        count = finite.sum(-1, keepdim: true);
        first = sorted.Group?.eq(0).sum(-1, keepdim: true) ?? zeros_like(count);
        var scores = sorted.Values;
        var middle = scores.gather(-1, first.add(count.div(2, RoundingMode.floor)).clamp_max(scores.size(-1) - 1)).detach();
        depths = middle.sub(scores).div(temperature.unsqueeze(-1)).clamp(-WidestGap, WidestGap);
        columns = finite.logical_not();
        spoiled = scores.sub(scores).sum(-1, keepdim: true);
        thresholds = Solve(arange(scores.size(-1), scores.dtype, scores.device).expand(scores.shape));
    }

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [depths, columns, first, count, spoiled, thresholds];

    /// <summary>How much each score belongs to the first k places, by place: Φ(d - y[j]) with F(d) = k.</summary>
    /// <param name="k">Shape [..., 1].</param>
    public Tensor Choice(Tensor k)
    {
        Tensor number = k.sub(first), open = number.le(0).logical_or(number.ge(count));
        var inside = number.masked_fill(open, 0.5); // anything between two places
        var threshold = Follow(Solve(inside.detach()), inside.sub(inside.detach()));
        var distance = threshold.unsqueeze(-1).sub(depths.unsqueeze(-2)).squeeze(-2);
        var chosen = where(distance.ge(0), distance.abs().neg().exp().mul(-0.5).add(1), distance.abs().neg().exp().mul(0.5));
        return where(open, number.gt(0).to(chosen.dtype).expand(chosen.shape), chosen).add(spoiled);
    }

    /// <inheritdoc/>
    protected override Tensor Logits(Tensor places)
    {
        long[] rows = [.. depths.shape.AsSpan()[..^1], places.size(-1)];
        var above = places.sub(first).clamp_min(0).minimum(count.sub(1).clamp_min(0)).expand(rows);
        var below = above.add(1);
        Tensor start = Threshold(above), end = Threshold(below), items = depths.unsqueeze(-2);
        start = start.masked_fill(above.eq(0), -Far).unsqueeze(-1);
        end = end.masked_fill(below.ge(count), Far).unsqueeze(-1);
        var width = end.sub(start).neg().expm1().neg();
        Tensor before = items.sub(start), behind = end.sub(items);
        var inside = before.clamp_min(0).neg().expm1().add(behind.clamp_min(0).neg().expm1()).mul(-0.5).clamp_min(Least).log();
        var outside = width.mul(0.5).clamp_min(Least).log().add(before.minimum(behind));
        return where(before.minimum(behind).ge(0), inside, outside).add(spoiled.unsqueeze(-1));
    }

    private Tensor Threshold(Tensor numbers)
    {
        var d = thresholds.gather(-1, numbers.clamp_max(depths.size(-1) - 1));
        return Follow(d, zeros_like(d));
    }

    /// <summary>Thresholds that keep their value and get the gradient of the scores, and of a change of what they count.</summary>
    private Tensor Follow(Tensor thresholds, Tensor change)
    {
        for (var step = 0; step < 2; step++)
        {
            var distance = thresholds.unsqueeze(-1).sub(depths.unsqueeze(-2));
            // Densities relative to the largest, which may itself underflow. The kink at 0 must keep its slope of 1.
            var sign = distance.detach().ge(0).to(distance.dtype).mul(2).sub(1);
            var away = distance.mul(sign).masked_fill(columns.unsqueeze(-2), double.PositiveInfinity);
            var nearest = away.detach().amin([-1], keepdim: true).masked_fill(count.eq(0).unsqueeze(-1), 0);
            var density = away.sub(nearest).neg().exp();
            var counted = density.mul(sign).sum(-1).mul(-0.5);
            var excess = counted.sub(counted.detach()).sub(change.mul(nearest.squeeze(-1).clamp_max(700).exp()));
            thresholds = thresholds.sub(excess.div(density.sum(-1).clamp_min(1).mul(0.5)));
        }

        return thresholds;
    }

    /// <summary>The closed form: d with F(d) = k, k by entry, no gradient.</summary>
    private Tensor Solve(Tensor k)
    {
        using var _ = no_grad();
        var n = depths.size(-1);
        // A, B: the totals fading from the scores before and behind each.
        var before = depths.masked_fill(columns, double.NegativeInfinity).logcumsumexp(-1).sub(depths);
        var behind = depths.neg().masked_fill(columns, double.NegativeInfinity).flip(-1).logcumsumexp(-1).flip(-1).add(depths);
        var place = arange(n, int64, depths.device).sub(first);
        var next = arange(1, n + 1, int64, depths.device).clamp_max(n - 1).expand(depths.shape);
        var gaps = depths.gather(-1, next).sub(depths);
        var counts = behind.gather(-1, next).sub(gaps).exp().masked_fill(place.add(1).ge(count), 0).sub(before.exp()).mul(0.5).add(place).add(1);
        counts = counts.masked_fill(place.lt(0), double.NegativeInfinity).masked_fill(place.ge(count), double.PositiveInfinity);
        var segment = searchsorted(counts.contiguous(), k.contiguous(), right: true).sub(1);
        Tensor left = segment.clamp_min(0), right = segment.add(1).clamp_max(n - 1);
        var excess = k.sub(segment.sub(first).add(1));
        var a = before.gather(-1, left).masked_fill(segment.lt(first), double.NegativeInfinity);
        var b = behind.gather(-1, right).masked_fill(segment.add(1).ge(first.add(count)), double.NegativeInfinity);
        Tensor y = depths.gather(-1, left), z = depths.gather(-1, right), gap = z.sub(y);
        var root = excess.abs().add(excess.square().add(a.add(b).sub(gap).exp()).sqrt()).log();
        var centre = y.add(gap.add(a).sub(b).mul(0.5));
        return where(excess.lt(0), y.add(a.sub(root)), where(excess.gt(0), z.sub(b.sub(root)), centre)).nan_to_num(0);
    }
}
