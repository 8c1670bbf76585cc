using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>Losses on the order of predictions: one minus a rank correlation with what is true.</summary>
public static class RankLoss
{
    /// <summary>One minus Spearman's ρ between soft ranks of predictions and the ranks of targets.</summary>
    /// <remarks>
    /// <para><b>Definition.</b> <c>1 - Σ a[i] b[i] / √(Σ a[i]² Σ b[i]²)</c>, a the soft ranks of the predictions and b the exact ranks of
    /// the targets, equal targets sharing their mean rank, each less its mean.</para>
    /// <para><b>Properties.</b> Within [0, 2]; 0 if the orders agree and ranks are exact. 1, without a gradient, where ranks on either side
    /// are all equal. NaN where a number that is there is NaN.</para>
    /// <para><b>Gradient.</b> In the predictions; targets are constants.</para>
    /// <para><b>Cost.</b> That of <see cref="Soft.Rank"/>.</para>
    /// <para><b>Source.</b> Spearman 1904; made soft as in Blondel et al. 2020, Section 6.3.</para>
    /// </remarks>
    /// <param name="predicted">Any shape with n ≥ 1 values along the axis, float32 or float64.</param>
    /// <param name="target">What is true, of the shape and type of the predictions.</param>
    /// <param name="options">How to rank; null for the defaults of <see cref="Soft"/>.</param>
    /// <returns>The shape of the predictions without the axis; 0 where no value is there.</returns>
    /// <exception cref="ArgumentException">Predictions, targets or the mask have a wrong shape or type.</exception>
    public static Tensor Spearman(Tensor predicted, Tensor target, SoftOptions? options = null)
    {
        var chosen = options ?? new SoftOptions();
        Check.Axis(predicted, chosen.Dim, nameof(predicted));
        Check.Alike(target, predicted, nameof(target));
        using var scope = NewDisposeScope();
        var present = Present(predicted, chosen.Mask);
        var soft = Soft.Rank(predicted, chosen);
        var exact = AverageRanks(target.detach().movedim([chosen.Dim], [-1]), present.movedim([chosen.Dim], [-1]), chosen.Descending);
        Tensor a = Centred(soft.movedim([chosen.Dim], [-1]), present.movedim([chosen.Dim], [-1]));
        var b = Centred(exact, present.movedim([chosen.Dim], [-1]));
        Tensor ofA = a.Squared().sum(-1), ofB = b.Squared().sum(-1);
        var isConstant = ofA.detach().le(Number(1e-20)).logical_or(ofB.le(Number(1e-20)));
        Tensor Length(Tensor squares) => squares.masked_fill(isConstant, Number(1)).sqrt();
        var correlation = a.mul(b).sum(-1).div(Length(ofA)).div(Length(ofB)).masked_fill(isConstant, Number(0));
        return correlation.neg().Plus(1).masked_fill(present.any(chosen.Dim).logical_not(), Number(0)).MoveToOuterDisposeScope();
    }

    /// <summary>One minus Kendall's τ, with a soft sign for each pair of predictions.</summary>
    /// <remarks>
    /// <para><b>Definition.</b> <c>1 - mean sign(y[i] - y[j]) tanh((x[i] - x[j]) / 2τ)</c> over the pairs whose targets y differ.</para>
    /// <para><b>Properties.</b> Within [0, 2]; 0 in the limit of predictions in the order of the targets and far apart. 0 where no targets
    /// differ. Blind to offsets; scale-free without a temperature. NaN where a number that is there is NaN.</para>
    /// <para><b>Gradient.</b> In the predictions; targets are constants.</para>
    /// <para><b>Cost.</b> O(n²) time and memory: for lists, not for long sequences.</para>
    /// <para><b>Source.</b> Kendall 1938; a logistic loss of pairs as in Burges et al. 2005, but bounded.</para>
    /// </remarks>
    /// <param name="predicted">x, shape [..., n] with n ≥ 1, float32 or float64.</param>
    /// <param name="target">y, of the shape and type of the predictions.</param>
    /// <param name="temperature">τ, positive and finite, in units of the predictions; null for their standard deviation over √n, which
    /// counts as a constant.</param>
    /// <param name="mask">Which values are there, bool, broadcasting to the predictions; null for all.</param>
    /// <returns>Shape [...].</returns>
    /// <exception cref="ArgumentException">Predictions, targets or the mask have a wrong shape or type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public static Tensor Kendall(Tensor predicted, Tensor target, double? temperature = null, Tensor? mask = null)
    {
        Check.Scores(predicted, nameof(predicted));
        Check.Alike(target, predicted, nameof(target));
        if (temperature is { } given) Check.Temperature(given, nameof(temperature));
        using var scope = NewDisposeScope();
        var present = Present(predicted, mask);
        var absent = present.logical_not();
        Tensor x = predicted.masked_fill(absent, Number(0)), y = target.detach().masked_fill(absent, Number(0));
        var units = temperature is { } fixedTemperature
            ? full(x.shape[..^1], Number(fixedTemperature), x.dtype, x.device)
            : RelaxationCatalog.Of("soft-sort").TemperatureFor(predicted, mask).to(x.dtype);
        var pairs = present.unsqueeze(-1).logical_and(present.unsqueeze(-2));
        var signs = y.unsqueeze(-1).gt(y.unsqueeze(-2)).to(x.dtype).sub(y.unsqueeze(-1).lt(y.unsqueeze(-2)).to(x.dtype)).mul(pairs);
        var isUnknown = y.isnan().any(-1);
        // Of infinite predictions, which differ by infinity or by no number, only pairs that count.
        var soft = x.unsqueeze(-1).sub(x.unsqueeze(-2)).masked_fill(signs.eq(Number(0)), Number(0)).div(units.unsqueeze(-1).unsqueeze(-1).mul(Number(2))).tanh();
        Tensor agreement = signs.mul(soft).sum([-2, -1]), differing = signs.abs().sum([-2, -1]);
        var none = differing.eq(Number(0));
        return agreement.div(differing.masked_fill(none, Number(1))).neg().Plus(1).masked_fill(none, Number(0)).masked_fill(isUnknown, Number(double.NaN)).MoveToOuterDisposeScope();
    }

    private static Tensor Present(Tensor values, Tensor? mask)
    {
        if (mask is null) return ones(values.shape, @bool, values.device);
        Check.Mask(mask, values, nameof(mask));
        return mask.expand(values.shape);
    }

    /// <summary>The rank of each value among those there, 0 for the first; equal values share the mean of their ranks.</summary>
    private static Tensor AverageRanks(Tensor values, Tensor present, bool descending)
    {
        var keys = (descending ? values.neg() : values).masked_fill(present.logical_not(), Number(double.PositiveInfinity)).contiguous();
        var sorted = keys.sort(-1).Values;
        // An infinite value that is there may tie with padding, which does not count.
        var behind = searchsorted(sorted, keys, right: true).minimum(present.sum(-1, keepdim: true));
        var ranks = searchsorted(sorted, keys, right: false).Plus(behind).sub(Number(1)).div(Number(2)).to(values.dtype);
        return ranks.masked_fill(values.isnan().logical_and(present).any(-1, keepdim: true), Number(double.NaN));
    }

    private static Tensor Centred(Tensor ranks, Tensor present)
    {
        var mean = ranks.mul(present).sum(-1, keepdim: true).div(present.sum(-1, keepdim: true).clamp_min(Number(1)));
        return ranks.sub(mean).mul(present);
    }
}
