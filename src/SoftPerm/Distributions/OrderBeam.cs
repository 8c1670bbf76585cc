namespace SoftPerm.Distributions;

/// <summary>Samples Plackett-Luce orders without replacement: the largest of Gumbel-perturbed log-probabilities over all n! orders.</summary>
/// <remarks>
/// Perturbed log-probabilities of all orders that begin alike have a maximum that is Gumbel too, so the search goes place by place:
/// it splits each beginning's maximum among its continuations and keeps the best. What it drops cannot come back, as no
/// continuation exceeds its beginning. Kool et al. 2019, with their stable form of the conditional maximum.
/// </remarks>
internal static class OrderBeam
{
    /// <summary>Draws orders [samples, ..., n], all different, largest perturbed log-probability first.</summary>
    /// <param name="logits">Finite, [..., n], wide.</param>
    /// <param name="samples">At most n!.</param>
    /// <param name="generator">The source of randomness.</param>
    public static Tensor Search(Tensor logits, long samples, Generator generator)
    {
        long[] batch = logits.shape[..^1];
        var items = logits.size(-1);
        Tensor orders = empty([.. batch, 1, 0], int64, device: logits.device);
        Tensor logProbability = zeros([.. batch, 1], logits.dtype, logits.device), perturbed = zeros([.. batch, 1], logits.dtype, logits.device);
        var taken = zeros([.. batch, 1, items], @bool, device: logits.device);
        for (var place = 0; place < items; place++)
        {
            using Tensor earlier = orders, likely = logProbability, maxima = perturbed, used = taken; // released once the next are made
            using var scope = NewDisposeScope();
            var width = taken.size(-2);
            var left = logits.unsqueeze(-2).masked_fill(taken, Number(double.NegativeInfinity));
            var choice = left.sub(left.logsumexp(-1, keepdim: true)); // log_softmax would wake all threads for a few numbers
            var next = logProbability.unsqueeze(-1).Plus(choice);
            var split = Split(next, perturbed.unsqueeze(-1), generator);
            var best = split.flatten(-2).topk((int)Math.Min(samples, width * (items - place)), -1, largest: true, sorted: true);
            var beginning = best.indexes.div(Number(items), RoundingMode.floor).to(int64);
            var item = best.indexes.remainder(Number(items)).unsqueeze(-1);
            orders = cat([Rows(orders, beginning), item], -1).MoveToOuterDisposeScope();
            logProbability = next.flatten(-2).gather(-1, best.indexes).MoveToOuterDisposeScope();
            perturbed = best.values.MoveToOuterDisposeScope();
            taken = Rows(taken, beginning).scatter(-1, item, ones(item.shape, @bool, device: item.device)).MoveToOuterDisposeScope();
        }

        return orders.movedim([orders.dim() - 2], [0]);
    }

    /// <summary>Perturbs log-probabilities [..., n] with Gumbel noise, given the maximum that the noise leads to, [..., 1].</summary>
    private static Tensor Split(Tensor logProbability, Tensor maximum, Generator generator)
    {
        var free = logProbability.Plus(GumbelNoise.Draw(logProbability.shape, logProbability.dtype, logProbability.device, generator));
        var below = free.sub(free.amax([-1], keepdim: true));
        var excess = maximum.sub(free).Plus(below.expm1().neg().log());
        return maximum.sub(excess.relu()).sub(excess.abs().neg().exp().log1p());
    }

    private static Tensor Rows(Tensor table, Tensor rows) => table.gather(-2, rows.unsqueeze(-1).expand([.. rows.shape, table.size(-1)]));
}
