namespace SoftPerm;

/// <summary>How far apart the scores of each batch row lie: what temperatures that follow the scale are made of.</summary>
/// <remarks>
/// Only finite scores that are there count. They are taken as heights above the lowest, in halves: of scores with an offset that is
/// large beside their differences nothing is lost, and no difference overflows. Scores are without a gradient.
/// </remarks>
internal readonly struct ScoreSpread
{
    // Values spaced evenly, which a strength of just their gap either leaves alone or pools into one block, are to be left alone.
    private const double Margin = 1.05;

    private readonly Tensor heights; // 0 where nothing counts
    private readonly Tensor ignored;
    private readonly Tensor count;

    /// <param name="scores">Shape [..., n].</param>
    /// <param name="mask">Which items are there, broadcasting to the scores; null for all.</param>
    public ScoreSpread(Tensor scores, Tensor? mask)
    {
        var halves = scores.to(Autograd.SortedScores.WideType(scores.device)).mul(Number(0.5));
        var counted = mask is null ? halves.isfinite() : halves.isfinite().logical_and(mask);
        ignored = counted.logical_not();
        count = counted.sum(-1, keepdim: true).clamp_min(Number(1)).to(halves.dtype);
        heights = halves.sub(halves.masked_fill(ignored, Number(double.PositiveInfinity)).amin([-1], keepdim: true)).masked_fill(ignored, Number(0));
    }

    /// <summary>The standard deviation, [...]; 1 where all are equal.</summary>
    public Tensor Deviation()
    {
        var largest = heights.amax([-1], keepdim: true); // squares of what is below 1 do not overflow
        var isFlat = largest.eq(Number(0));
        var parts = heights.div(largest.masked_fill(isFlat, Number(1)));
        var mean = parts.sum(-1, keepdim: true).div(count);
        var square = parts.sub(mean).masked_fill(ignored, Number(0)).Squared().sum(-1, keepdim: true).div(count);
        return Whole(square.sqrt().mul(largest), isFlat);
    }

    /// <summary>The widest mean gap over ⌈√n⌉ neighbours in order, [...]; 1 where all are equal.</summary>
    /// <remarks>
    /// A projection at an inverse temperature pools neighbours that lie further apart than 1/τ, and so many more that on the average they
    /// do not. If nowhere m neighbours lie further apart than m/τ, no block has more than m places: docs/math/permutahedron.md.
    /// </remarks>
    public Tensor Spacing()
    {
        var sorted = heights.sort(-1).Values;
        var reach = count.sqrt().ceil();
        var below = Indices(sorted.size(-1), sorted.dtype, sorted.device).sub(reach).clamp_min(Number(0)).to(int64).expand(sorted.shape);
        var widest = sorted.sub(sorted.gather(-1, below)).amax([-1], keepdim: true);
        return Whole(widest.div(reach).mul(Number(Margin)), widest.eq(Number(0)));
    }

    private static Tensor Whole(Tensor halved, Tensor isFlat) =>
        halved.mul(Number(2)).clamp(Number(double.Epsilon), Number(double.MaxValue)).masked_fill(isFlat, Number(1)).squeeze(-1);
}
