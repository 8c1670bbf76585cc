namespace SoftPerm.Relaxations;

/// <summary>Rows of log P̂ for SoftSort: logits -(|t[i] - t[m]| / unit)^p.</summary>
internal sealed class SoftSortRows : LogRows
{
    private readonly Tensor scores;
    private readonly Tensor own; // at their places
    private readonly Tensor unit;
    private readonly int power;

    /// <param name="sorted">The scores.</param>
    /// <param name="unit">What distances are measured in, of the batch shape.</param>
    /// <param name="power">p: 1 or 2.</param>
    /// <param name="type">The element type of the rows.</param>
    public SoftSortRows(SortedScores sorted, Tensor unit, int power, ScalarType type) : base(sorted, type)
    {
        scores = sorted.Values.alias();
        own = sorted.SharedByEquals();
        this.unit = unit.unsqueeze(-1).unsqueeze(-1);
        this.power = power;
    }

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [scores, own, unit];

    /// <inheritdoc/>
    protected override Tensor Logits(Tensor places)
    {
        long[] rows = [.. scores.shape.AsSpan()[..^1], places.size(-1)];
        var difference = own.gather(-1, places.expand(rows)).unsqueeze(-1).sub(scores.unsqueeze(-2)).div(unit);
        // A finite ceiling keeps 0 · ∞ out of gradients, and NaN too, which the whole row must have: it comes back by another way.
        var spoiled = SortedScores.SpoiledBy(scores).unsqueeze(-1);
        return (power == 1 ? difference.abs().clamp_max(Number(1e300)) : difference.clamp(Number(-1e150), Number(1e150)).Squared()).Plus(spoiled).neg();
    }
}
