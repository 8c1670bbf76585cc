namespace SoftPerm.Relaxations;

/// <summary>Rows of log P̂ for NeuralSort.</summary>
/// <remarks>
/// With scores t[0] ≥ … ≥ t[n-1] the logit of row i at column m is -D_i(m) up to a constant of the row, where
/// <c>D_i(m) = (1/τ) Σ_{i≤t&lt;m} (2(t-i)+1) (t[t]-t[t+1])</c> for m &gt; i, mirrored for m &lt; i. All terms are non-negative and the
/// sum starts at the row's own column, so nothing cancels.
/// </remarks>
internal sealed class NeuralSortRows : LogRows
{
    private readonly Tensor temperature;
    private readonly Tensor gaps;
    private readonly Tensor offset;
    private readonly long items;

    /// <param name="sorted">The scores.</param>
    /// <param name="temperature">τ, a single number or broadcasting to the batch shape.</param>
    /// <param name="type">The element type of the rows.</param>
    public NeuralSortRows(SortedScores sorted, Tensor temperature, ScalarType type) : base(sorted, type)
    {
        var values = sorted.Values;
        items = values.size(-1);
        this.temperature = temperature.to(values.dtype).unsqueeze(-1).unsqueeze(-1);
        gaps = values.narrow(-1, 0, items - 1).sub(values.narrow(-1, 1, items - 1)).unsqueeze(-2);
        if (sorted.Group is { } group) gaps = gaps.masked_fill(Differs(group), Number(0));
        offset = sorted.Spoiled.Plus(TieCorrection(values, sorted.Group)).unsqueeze(-2);
    }

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [temperature, gaps, offset];

    /// <inheritdoc/>
    protected override Tensor Logits(Tensor places)
    {
        // 1. The weight 2(t-i)+1 of the gap below place t, negative on the side of larger scores.
        var row = places.unsqueeze(-1);
        var below = Indices(items - 1, int64, places.device);
        var weight = below.sub(row).mul(Number(2)).Plus(1);
        // 2. Weighted gaps summed outward from the row's own column, one side at a time.
        var terms = gaps.mul(weight.abs().to(gaps.dtype));
        var after = terms.masked_fill(weight.lt(Number(0)), Number(0)).cumsum(-1);
        var before = terms.masked_fill(weight.gt(Number(0)), Number(0)).flip(-1).cumsum(-1).flip(-1);
        var distance = nn.functional.pad(after, [1, 0]).Plus(nn.functional.pad(before, [0, 1]));
        // 3. The logits; a finite ceiling keeps 0 · ∞ out of the temperature's gradient. It stays off the offset, whose NaN must
        //    reach the gradient.
        return distance.div(temperature).clamp_max(Number(1e300)).Plus(offset.div(temperature)).neg();
    }

    private static Tensor Differs(Tensor group) =>
        group.narrow(-1, 1, group.size(-1) - 1).ne(group.narrow(-1, 0, group.size(-1) - 1)).unsqueeze(-2);

    /// <summary>Zero in value; in gradient, what turns the one-sided derivative at ties into that with sign(0) = 0.</summary>
    /// <remarks>
    /// The sorted form treats the earlier of two equal scores as the larger. In a run of equals, the derivative of D_i(m) with
    /// sign(0) = 0 differs from that of the sorted form by the derivative of Σ_{k after m} (t[k]-t[m]) - Σ_{k before m} (t[k]-t[m]).
    /// </remarks>
    private static Tensor TieCorrection(Tensor values, Tensor? group)
    {
        if (!is_grad_enabled() || !values.requires_grad) return zeros_like(values);
        var key = values.detach().neg().contiguous();
        if (group is not null) // scores that stand apart are stored as 0: keep them out of the finite ones' ties
            key = key.masked_fill(group.eq(Number(0)), Number(double.NegativeInfinity)).masked_fill(group.gt(Number(1)), Number(double.PositiveInfinity));
        Tensor first = searchsorted(key, key, right: false), end = searchsorted(key, key, right: true);
        values = values.sub(values.detach()); // only slopes count, and sums of zeros do not overflow
        var place = Indices(values.size(-1), int64, values.device);
        var sums = nn.functional.pad(values.cumsum(-1), [1, 0]);
        var earlier = sums.narrow(-1, 0, values.size(-1)).sub(sums.gather(-1, first)).sub(values.mul(place.sub(first)));
        var later = sums.gather(-1, end).sub(sums.narrow(-1, 1, values.size(-1))).sub(values.mul(end.sub(place).sub(Number(1))));
        return later.sub(earlier);
    }
}
