namespace SoftPerm.Relaxations;

/// <summary>How far apart the scores of each batch row lie: what temperatures that follow their scale are made of.</summary>
internal static class ScoreSpread
{
    /// <summary>The standard deviation, [...], without a gradient; 1 where all are equal. Only finite scores that are there count.</summary>
    /// <remarks>
    /// Scores are taken as heights above the lowest, in halves: of an offset that is large beside their differences nothing is lost,
    /// and no difference overflows.
    /// </remarks>
    /// <param name="scores">Shape [..., n].</param>
    /// <param name="mask">Which items are there, broadcasting to the scores; null for all.</param>
    public static Tensor Deviation(Tensor scores, Tensor? mask)
    {
        var halves = scores.detach().to(scores.device.WideType()).mul(Number(0.5));
        var counted = mask is null ? halves.isfinite() : halves.isfinite().logical_and(mask);
        var ignored = counted.logical_not();
        var count = counted.sum(-1, keepdim: true).clamp_min(Number(1));
        var lowest = halves.masked_fill(ignored, Number(double.PositiveInfinity)).amin([-1], keepdim: true);
        var heights = halves.sub(lowest).masked_fill(ignored, Number(0));
        var largest = heights.amax([-1], keepdim: true); // squares of what is below 1 do not overflow
        var isFlat = largest.eq(Number(0));
        var parts = heights.div(largest.masked_fill(isFlat, Number(1)));
        var mean = parts.sum(-1, keepdim: true).div(count);
        var variance = parts.sub(mean).masked_fill(ignored, Number(0)).Squared().sum(-1, keepdim: true).div(count);
        return variance.sqrt().mul(largest).mul(Number(2)).clamp(Number(double.Epsilon), Number(double.MaxValue)).masked_fill(isFlat, Number(1)).squeeze(-1);
    }
}
