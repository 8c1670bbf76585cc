namespace SoftPerm.Relaxations;

/// <summary>Softly sorted scores of any size: some infinite, some with a common offset.</summary>
internal static class InfiniteScores
{
    /// <summary>Mixes finite scores, counted from the one nearest to 0, and puts infinite ones, each alone in its place, beside them.</summary>
    /// <remarks>In a product of matrices 0 · ∞ is NaN, and an offset leaves its roundings in the gradient.</remarks>
    /// <param name="scores">Shape [..., n].</param>
    /// <param name="engine">What sorts them.</param>
    /// <param name="mix">Sorts finite scores softly, with weights that sum to 1; NaN in places that several infinite ones share.</param>
    public static Tensor Sorted(Tensor scores, PermutationEngine engine, Func<Tensor, Tensor> mix)
    {
        if (engine.AllOrdinary) return SortedOrdinary(scores, mix);
        var alone = scores.gather(-1, engine.Order());
        Tensor infinite = alone.detach().isinf(), absent = Indices(scores.size(-1), int64, scores.device).ge(engine.PresentCount ?? tensor(scores.size(-1), device: scores.device));
        var distances = alone.detach().abs().masked_fill(infinite.logical_or(absent), Number(double.PositiveInfinity));
        var nearest = alone.detach().gather(-1, distances.argmin(-1, keepdim: true));
        nearest = nearest.masked_fill(distances.amin([-1], keepdim: true).le(Largest(scores)).logical_not(), Number(0)); // or there is no finite one
        var mixed = mix(scores.sub(nearest).masked_fill(scores.detach().isinf(), Number(0)));
        return mixed.Plus(nearest.expand(scores.shape).masked_fill(infinite.logical_or(absent), Number(0))).Plus(alone.masked_fill(infinite.logical_not().logical_or(absent), Number(0)));
    }

    private static Tensor SortedOrdinary(Tensor scores, Func<Tensor, Tensor> mix)
    {
        var given = scores.detach();
        var nearest = given.gather(-1, given.abs().argmin(-1, keepdim: true));
        nearest = nearest.masked_fill(nearest.abs().le(Largest(scores)).logical_not(), Number(0));
        return mix(scores.sub(nearest)).Plus(nearest);
    }

    /// <summary>Beyond this, differences may overflow.</summary>
    private static Scalar Largest(Tensor scores) => Number((scores.dtype == float32 ? float.MaxValue : double.MaxValue) / 4);
}
