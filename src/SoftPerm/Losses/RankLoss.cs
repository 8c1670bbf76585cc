using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>Losses on the order of predictions: one minus a rank correlation with what is true.</summary>
/// <remarks>
/// <para><b>Lists without information.</b> A list of fewer than two values, or whose targets are all equal, or whose predictions are ranked all
/// alike, has no correlation: it counts as 0, so the loss is 1, without a gradient. Scores of shape [b, n, 1] are b·n such lists: squeeze
/// them.</para>
/// </remarks>
public static class RankLoss
{
    private static readonly ScaleFree Default = new();

    /// <summary>One minus Spearman's ρ between soft ranks of predictions and the ranks of targets.</summary>
    /// <remarks>
    /// <para><b>Definition.</b> <c>1 - Σ a[i] b[i] / √(Σ a[i]² Σ b[i]²)</c>, a the soft ranks of the predictions and b the exact ranks of
    /// the targets, equal targets sharing their mean rank, each less its mean.</para>
    /// <para><b>Properties.</b> Within [0, 2]; 0 if the orders agree and ranks are exact. Equal predictions share their rank, in every mode.
    /// NaN where a number that is there is NaN.</para>
    /// <para><b>Gradient.</b> In the predictions and a learned temperature of the relaxation; targets are constants.</para>
    /// <para><b>Cost.</b> That of <see cref="Soft.Rank"/>.</para>
    /// <para><b>Source.</b> Spearman 1904; made soft as in Blondel et al. 2020, Section 6.3.</para>
    /// </remarks>
    /// <param name="predicted">Any shape with n ≥ 1 values along the axis, floating point.</param>
    /// <param name="target">What is true, of the shape and type of the predictions.</param>
    /// <param name="relaxation">How to rank; null for scale-free NeuralSort.</param>
    /// <param name="dim">The axis that lists lie along; negative ones count from the last.</param>
    /// <param name="mask">Which values are there, bool, broadcasting to the predictions; null for all.</param>
    /// <returns>The shape of the predictions without the axis.</returns>
    /// <exception cref="ArgumentException">Predictions, targets or the mask have a wrong shape or type; or the relaxation reads the order in
    /// which items are given, as sorting networks do: not <see cref="RelaxationProperties.PermutationEquivariant"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The predictions have no such axis.</exception>
    public static Tensor Spearman(Tensor predicted, Tensor target, SoftOrdering? relaxation = null, long dim = -1, Tensor? mask = null)
    {
        var ordering = relaxation ?? Default;
        if (!ordering.Properties.HasFlag(RelaxationProperties.PermutationEquivariant))
            throw new ArgumentException(
                $"{ordering.Name} ranks near ties by the order in which items are given, which a loss of order must not see; choose one of: {string.Join(", ", RelaxationCatalog.All.Where(known => known.Properties.HasFlag(RelaxationProperties.PermutationEquivariant)).Select(known => known.Name))}.", nameof(relaxation));
        return Along(dim, predicted, target, mask, nameof(predicted), (x, y, m) => OneMinusCorrelation(ordering.Rank(x, m), y, ordering.Descending, m));
    }

    /// <summary>One minus Spearman's ρ between ranks that are given, soft ones as a rule, and the ranks of targets.</summary>
    /// <remarks>The loss of <see cref="Spearman"/>, for ranks made elsewhere.</remarks>
    /// <inheritdoc cref="Spearman"/>
    /// <param name="ranks">The ranks of predictions, any shape with n ≥ 1 values along the axis, floating point.</param>
    /// <param name="target">What is true, of the shape and type of the ranks.</param>
    /// <param name="descending">Whether rank 0 belongs to the largest.</param>
    /// <param name="dim">As for <see cref="Spearman"/>.</param>
    /// <param name="mask">As for <see cref="Spearman"/>.</param>
    /// <exception cref="ArgumentException">Ranks, targets or the mask have a wrong shape or type.</exception>
    public static Tensor SpearmanOfRanks(Tensor ranks, Tensor target, bool descending = true, long dim = -1, Tensor? mask = null) =>
        Along(dim, ranks, target, mask, nameof(ranks), (x, y, m) => OneMinusCorrelation(x, y, descending, m));

    /// <summary>One minus Kendall's τ-b, with a soft sign for each pair of predictions.</summary>
    /// <remarks>
    /// <para><b>Definition.</b> <c>1 - Σ sign(y[i] - y[j]) tanh((x[i] - x[j]) / 2τ) / √(N(x) N(y))</c> over all pairs, N the number of pairs that differ.</para>
    /// <para><b>Properties.</b> Within [0, 2]; in the limit of predictions far apart, with ties on both sides, τ-b. Blind to offsets;
    /// scale-free without a temperature. An infinite prediction is beyond all others and equal to its like. NaN where a number that is there
    /// is NaN.</para>
    /// <para><b>Gradient.</b> In the predictions and the temperature; targets are constants. None where all predictions are equal: <see cref="SomersD"/> has one there.</para>
    /// <para><b>Numerics.</b> Computed in the predictions' type, or float32 where that is narrower, if it holds the temperature; else in double precision.</para>
    /// <para><b>Cost.</b> O(n²) time and memory: for lists, not for long sequences.</para>
    /// <para><b>Source.</b> Kendall 1945, with the logistic sign of Burges et al. 2005.</para>
    /// </remarks>
    /// <param name="predicted">x, any shape with n ≥ 1 values along the axis, floating point.</param>
    /// <param name="target">y, of the shape and type of the predictions.</param>
    /// <param name="temperature">τ, in units of the predictions: a number, a tensor or a <see cref="LearnedTemperature"/>; null for their standard
    /// deviation over √n, which counts as a constant.</param>
    /// <param name="dim">The axis that lists lie along; negative ones count from the last.</param>
    /// <param name="mask">Which values are there, bool, broadcasting to the predictions; null for all.</param>
    /// <returns>The shape of the predictions without the axis.</returns>
    /// <exception cref="ArgumentException">Predictions, targets or the mask have a wrong shape or type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite, or the predictions have no such axis.</exception>
    public static Tensor Kendall(Tensor predicted, Tensor target, Temperature? temperature = null, long dim = -1, Tensor? mask = null) =>
        Along(dim, predicted, target, mask, nameof(predicted), (x, y, m) =>
        {
            var (soft, signs, differing) = Signs(x, y, temperature, m);
            return OneMinus(soft.mul(signs), differing.sqrt().mul(Count(signs).sqrt()), x.dtype);
        });

    /// <summary>One minus Somers' D of predictions, with a soft sign for each pair: the pairs whose targets differ, each counted alike.</summary>
    /// <remarks>
    /// <para><b>Definition.</b> <c>1 - mean sign(y[i] - y[j]) tanh((x[i] - x[j]) / 2τ)</c> over the pairs whose targets y differ.</para>
    /// <para><b>Properties.</b> As those of <see cref="Kendall"/>, with which it agrees in the limit where no predictions and no targets are equal.
    /// Predictions tied among different targets count as half wrong, ties among equal targets not at all: for targets of two values it is
    /// twice the area above the ROC curve.</para>
    /// <para><b>Gradient.</b> In the predictions, also where all are equal, and the temperature; targets are constants.</para>
    /// <para><b>Cost.</b> O(n²) time and memory: for lists, not for long sequences.</para>
    /// <para><b>Source.</b> Somers 1962; a logistic loss of pairs as in Burges et al. 2005, but bounded.</para>
    /// </remarks>
    /// <inheritdoc cref="Kendall"/>
    public static Tensor SomersD(Tensor predicted, Tensor target, Temperature? temperature = null, long dim = -1, Tensor? mask = null) =>
        Along(dim, predicted, target, mask, nameof(predicted), (x, y, m) =>
        {
            var (soft, signs, _) = Signs(x, y, temperature, m);
            return OneMinus(soft.mul(signs), Count(signs), x.dtype);
        });

    /// <summary>The loss of checked lists along the last axis.</summary>
    private static Tensor Along(
        long dim, Tensor predicted, Tensor target, Tensor? mask, string name, Func<Tensor, Tensor, Tensor?, Tensor> compute)
    {
        Check.Axis(predicted, dim, name);
        Check.Alike(target, predicted, nameof(target));
        if (mask is not null) Check.Mask(mask, predicted, nameof(mask));
        using var scope = new CallScope(predicted, target, mask, compute);
        var last = predicted.movedim([dim], [-1]);
        Check.Scores(last, name);
        return compute(last.AtLeastSingle(), target.movedim([dim], [-1]).AtLeastSingle(), mask?.expand(predicted.shape).movedim([dim], [-1]))
            .As(predicted.dtype).MoveToOuterDisposeScope();
    }

    private static Tensor OneMinusCorrelation(Tensor ranks, Tensor target, bool descending, Tensor? mask)
    {
        var present = Present(ranks, mask);
        Tensor a = Centred(ranks, present), b = Centred(new ExactSort(descending).Rank(target.detach(), mask), present);
        Tensor ofA = a.Squared().sum(-1), ofB = b.Squared().sum(-1);
        var isKnown = ofA.detach().Plus(ofB).isnan().logical_not();
        var isConstant = ofA.detach().le(Roundings(ranks)).logical_or(ofB.le(Roundings(ranks))).logical_and(isKnown);
        Tensor Length(Tensor squares) => squares.masked_fill(isConstant, Number(1)).sqrt();
        var correlation = a.mul(b).sum(-1).div(Length(ofA)).div(Length(ofB)).masked_fill(isConstant, Number(0));
        return correlation.neg().Plus(1);
    }

    /// <summary>The soft signs of pairs of predictions and the signs of pairs of targets, [..., n, n], 0 for a pair that is not there; and how many
    /// pairs of predictions differ, [...].</summary>
    private static (Tensor Predicted, Tensor Target, Tensor Differing) Signs(Tensor predicted, Tensor target, Temperature? temperature, Tensor? mask)
    {
        var present = Present(predicted, mask);
        var unit = (temperature ?? SoftSort.Known.TemperatureFor(predicted, mask)).For(predicted);
        if (predicted.dtype == float32 && unit.ge(Number(1e-30)).logical_and(unit.le(Number(1e30))).all().item<bool>()) unit = unit.to(float32);
        Tensor x = predicted.masked_fill(present.logical_not(), Number(0)).to(unit.dtype), y = target.detach().masked_fill(present.logical_not(), Number(0));
        Tensor before = x.unsqueeze(-1), behind = x.unsqueeze(-2), above = y.unsqueeze(-1), below = y.unsqueeze(-2);
        var noPair = before.detach().eq(behind.detach());
        var differing = noPair.logical_not();
        if (mask is not null) differing = differing.logical_and(present.unsqueeze(-1)).logical_and(present.unsqueeze(-2));
        // Equal infinities differ by nothing, and have no slope.
        var distance = before.sub(behind).masked_fill(noPair.logical_and(before.detach().isinf()), Number(0));
        var soft = distance.div(unit.unsqueeze(-1).unsqueeze(-1)).div(Number(2)).tanh();
        var signs = above.gt(below).to(unit.dtype).sub(above.lt(below).to(unit.dtype));
        if (mask is not null) signs = signs.mul(present.unsqueeze(-1)).mul(present.unsqueeze(-2));
        var unknown = x.detach().isnan().logical_or(y.isnan()).any(-1).unsqueeze(-1).unsqueeze(-1);
        return (soft, signs.masked_fill(unknown, Number(double.NaN)), differing.sum([-2, -1]).to(unit.dtype));
    }

    /// <summary>How many pairs of signs differ from 0, [...].</summary>
    private static Tensor Count(Tensor signs) => signs.abs().sum([-2, -1]);

    /// <summary>1 - Σ products / length; 1 without a gradient where the length is 0.</summary>
    private static Tensor OneMinus(Tensor products, Tensor length, ScalarType type)
    {
        var none = length.eq(Number(0));
        var correlation = products.sum([-2, -1]).div(length.masked_fill(none, Number(1)));
        return correlation.masked_fill(none, Number(0)).neg().Plus(1).to(type);
    }

    /// <summary>What squared distances of n equal ranks from their mean may sum to by rounding.</summary>
    private static Scalar Roundings(Tensor ranks)
    {
        double items = ranks.size(-1), rounding = 4 * items * (ranks.dtype == float32 ? float.BitIncrement(1) - 1 : double.BitIncrement(1) - 1);
        return Number(items * rounding * rounding);
    }

    private static Tensor Present(Tensor values, Tensor? mask)
    {
        return mask?.expand(values.shape) ?? ones(values.shape, @bool, values.device);
    }

    private static Tensor Centred(Tensor ranks, Tensor present)
    {
        var mean = ranks.mul(present).sum(-1, keepdim: true).div(present.sum(-1, keepdim: true).clamp_min(Number(1)));
        return ranks.sub(mean).mul(present);
    }
}
