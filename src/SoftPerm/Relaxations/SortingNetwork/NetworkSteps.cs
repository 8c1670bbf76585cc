using SoftPerm.Kernels.SortingNetworks;

namespace SoftPerm.Relaxations;

/// <summary>The layers of a relaxed sorting network, composed of differentiable tensor operations.</summary>
internal sealed class NetworkSteps
{
    private readonly List<(Tensor Partners, Tensor Keep, Tensor Give)> steps = [];

    /// <summary>Takes scores through the network.</summary>
    /// <param name="scores">By wire, [..., n]; those that count come first.</param>
    /// <param name="count">How many count, int64 [..., 1].</param>
    /// <param name="temperatures">τ, of the batch shape.</param>
    /// <param name="layers">Those of a network of n wires.</param>
    /// <param name="swap">f.</param>
    /// <param name="type">The element type of the values.</param>
    public NetworkSteps(Tensor scores, Tensor count, Tensor temperatures, IEnumerable<NetworkLayer> layers, SwapFunction swap, ScalarType type)
    {
        var wires = (int)scores.size(-1);
        Tensor unit = temperatures.unsqueeze(-1), spoiled = SortedScores.SpoiledBy(scores); // NaN for all if for one
        foreach (var layer in layers)
        {
            int[] partners = [.. Enumerable.Range(0, wires).Select(wire => layer.Partner(wire) is var other && other < wires ? other : wire)];
            double[] directions = [.. partners.Select((other, wire) => other >= wire ? 1.0 : -1)];
            long[] lower = [.. partners.Select((other, wire) => (long)Math.Max(other, wire))];
            var index = tensor([.. partners.Select(other => (long)other)], device: scores.device);
            var others = scores.index_select(-1, index);
            var distance = scores.sub(others).mul(tensor(directions, scores.dtype, scores.device)).div(unit).Plus(spoiled);
            var idle = tensor(lower, device: scores.device).ge(count).logical_or(count.le(Number(layer.Threshold)));
            var (keep, give) = Shares(swap, distance);
            (keep, give) = (keep.masked_fill(idle, Number(1)), give.masked_fill(idle, Number(0)));
            scores = keep.mul(scores).Plus(give.mul(others));
            steps.Add((index, keep.to(type).unsqueeze(-1), give.to(type).unsqueeze(-1)));
        }
    }

    /// <summary>The tensors held.</summary>
    public IEnumerable<Tensor> Tensors => steps.SelectMany(step => new[] { step.Partners, step.Keep, step.Give });

    /// <summary>Takes values by wire, [..., n, d], through the network.</summary>
    public Tensor Forward(Tensor values) => steps.Aggregate(values, Mixed);

    /// <summary>Takes values by wire, [..., n, d], back through the network.</summary>
    public Tensor Backward(Tensor values) => steps.AsEnumerable().Reverse().Aggregate(values, Mixed);

    private static Tensor Mixed(Tensor values, (Tensor Partners, Tensor Keep, Tensor Give) step) =>
        step.Keep.mul(values).Plus(step.Give.mul(values.index_select(-2, step.Partners)));

    /// <summary>f(x) and 1 - f(x), each accurate where it is small.</summary>
    private static (Tensor Keep, Tensor Give) Shares(SwapFunction swap, Tensor x)
    {
        var isSorted = x.detach().ge(Number(0));
        var less = Tail(swap, x.where(isSorted, x.neg())); // |x|, but with a slope at 0
        var more = less.neg().Plus(1);
        return (more.where(isSorted, less), less.where(isSorted, more));
    }

    /// <summary>1 - f(x) for x ≥ 0.</summary>
    private static Tensor Tail(SwapFunction swap, Tensor x) => swap switch
    {
        SwapFunction.Cauchy => ones_like(x).atan2(x).div(Number(Math.PI)),
        SwapFunction.Reciprocal => x.mul(Number(2)).Plus(1).reciprocal().div(Number(2)),
        SwapFunction.Optimal => x.clamp_min(Number(0.25)).mul(Number(16)).reciprocal().where(x.gt(Number(0.25)), x.neg().Plus(0.5)),
        SwapFunction.Logistic => x.neg().sigmoid(),
        SwapFunction.LogisticWithReplacement => Replaced(x).neg().sigmoid(),
        _ => x.div(Number(Math.Sqrt(2))).erfc().div(Number(2)),
    };

    private static Tensor Replaced(Tensor x)
    {
        var isTie = x.detach().eq(Number(0));
        return x.masked_fill(isTie, Number(1)).pow(Number(0.75)).masked_fill(isTie, Number(0));
    }
}
