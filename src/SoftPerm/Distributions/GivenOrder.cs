namespace SoftPerm.Distributions;

/// <summary>Perturbed logits drawn given the order z they sort into, and what their dependence on the logits is.</summary>
/// <remarks>Written in places, in the wide type: <c>exp(-s_i) = Σ_{m≤i} exp a_m</c>, <c>a_m = log E_m - R_m</c>, <c>R_m = log Σ_{k≥m} exp l_k</c>.</remarks>
/// <param name="Order">z, int64 [..., n].</param>
/// <param name="Logits">l_i, [..., n].</param>
/// <param name="Remaining">R_m, [..., n].</param>
/// <param name="Steps">a_m, [..., n].</param>
internal sealed record GivenOrder(Tensor Order, Tensor Logits, Tensor Remaining, Tensor Steps)
{
    /// <summary>s, item by item, differentiable in the logits.</summary>
    public Tensor Perturbed => ByItem(Steps.logcumsumexp(-1).neg());

    /// <summary>The gradient of the order's log-probability in the logits, item by item: <c>1 - Σ_{m≤i} exp(l_i - R_m)</c>.</summary>
    public Tensor Score => ByItem(Logits.Plus(Remaining.neg().logcumsumexp(-1)).exp().neg().Plus(1));

    /// <summary>Takes a gradient on s back to the logits, linear and differentiable in that gradient.</summary>
    /// <remarks><c>∂s_i/∂R_m = exp(a_m + s_i)</c> for m ≤ i and <c>∂R_m/∂l_k = exp(l_k - R_m)</c> for m ≤ k: two running sums. In log
    /// space they need positive terms, so the gradient is taken as the difference of two.</remarks>
    /// <param name="upstream">Item by item, [..., n].</param>
    public Tensor Pullback(Tensor upstream)
    {
        var byPlace = upstream.gather(-1, Order);
        var offset = byPlace.detach().abs().amax([-1], keepdim: true).clamp_min(Number(1e-30));
        return ByItem(PullbackOfPositive(byPlace.relu().Plus(offset)).sub(PullbackOfPositive(byPlace.neg().relu().Plus(offset))));
    }

    private Tensor PullbackOfPositive(Tensor upstream)
    {
        var later = upstream.log().sub(Steps.logcumsumexp(-1)).flip(-1).logcumsumexp(-1).flip(-1);
        return Logits.Plus(Steps.Plus(later).sub(Remaining).logcumsumexp(-1)).exp();
    }

    private Tensor ByItem(Tensor byPlace) => byPlace.gather(-1, Order.argsort(-1));
}
