using SoftPerm.Autograd;
using SoftPerm.Kernels.SortingNetworks;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>A relaxed sorting network composed of tensor operations.</summary>
/// <remarks>Finite items are on the first wires, in the order given. Infinite ones stand alone in places of their own.</remarks>
internal sealed class ComposedNetworkPermutation : RelaxedPermutation
{
    private readonly SortedScores sorted;
    private readonly NetworkSteps steps;
    private readonly Tensor groups; // by place: 0 +∞, 1 finite, 2 -∞, 3 absent
    private readonly Tensor itemGroups; // the same by item
    private readonly Tensor count; // of finite items, [..., 1]
    private readonly Tensor first; // the first finite place, [..., 1]
    private readonly Tensor items; // the item on each wire
    private readonly Tensor wires; // the wire of each item
    private readonly Tensor spoiled; // by place: NaN where a row has no limit, else 0

    /// <param name="scores">s.</param>
    /// <param name="temperatures">τ, of the batch shape.</param>
    /// <param name="mask">Which items are there, or null.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <param name="layers">The layers of a network of some size.</param>
    /// <param name="swap">f.</param>
    /// <returns>The permutation; it belongs to the caller's scope.</returns>
    public static ComposedNetworkPermutation Of(
        Tensor scores, Tensor temperatures, Tensor? mask, bool descending, Func<int, IEnumerable<NetworkLayer>> layers, SwapFunction swap)
    {
        using var scope = NewDisposeScope();
        return new ComposedNetworkPermutation(scores, temperatures, mask, descending, layers, swap).MoveToOuterDisposeScope();
    }

    /// <summary>Hands the tensors held to the caller's scope.</summary>
    public ComposedNetworkPermutation MoveToOuterDisposeScope()
    {
        foreach (var tensor in Held) tensor.MoveToOuterDisposeScope();
        return this;
    }

    private ComposedNetworkPermutation(
        Tensor scores, Tensor temperatures, Tensor? mask, bool descending, Func<int, IEnumerable<NetworkLayer>> layers, SwapFunction swap)
        : base(scores.shape, scores.dtype, scores.device, descending)
    {
        sorted = SortedScores.Of(descending ? scores : scores.neg(), mask);
        groups = sorted.Group?.alias() ?? ones_like(sorted.Order);
        itemGroups = groups.gather(-1, sorted.Rank);
        count = groups.eq(Number(1)).sum(-1, keepdim: true);
        first = groups.eq(Number(0)).sum(-1, keepdim: true);
        items = itemGroups.ne(Number(1)).to(uint8).sort(dim: -1, descending: false, stable: true).Indices;
        wires = items.argsort(-1);
        var negative = groups.eq(Number(2));
        var unsettled = groups.eq(Number(0)).logical_and(first.gt(Number(1))).logical_or(negative.logical_and(negative.sum(-1, keepdim: true).gt(Number(1))));
        spoiled = sorted.Spoiled.to(ElementType).Plus(zeros(groups.shape, ElementType, Device).masked_fill(unsettled, Number(double.NaN)));
        // Only scores over τ count, and differences of the largest numbers overflow.
        var unit = sorted.Values.detach().abs().amax().item<double>() > 1e307 ? 0.125 : 1;
        var values = sorted.Values.mul(Number(unit));
        // Counted from the score nearest to 0, so that a common offset costs no accuracy and neither do scores of many scales.
        var distances = values.detach().abs().masked_fill(groups.ne(Number(1)), Number(double.PositiveInfinity));
        var centre = values.detach().gather(-1, distances.argmin(-1, keepdim: true));
        var atWires = values.sub(centre).gather(-1, sorted.Rank.gather(-1, items));
        steps = new NetworkSteps(atWires, count, temperatures.mul(Number(unit)), layers((int)Items), swap, ElementType);
    }

    protected internal override Tensor? PresentCount => sorted.PresentCount;

    protected override bool HasLostTensors => sorted.Order.IsInvalid;

    internal override bool AllOrdinary => sorted.Group is null;

    protected override Tensor ApplyCore(Tensor values)
    {
        var places = Indices(Items, int64, Device).sub(first).clamp(Number(0), Number(Items - 1));
        var mixed = Gathered.Rows(steps.Forward(OnWires(Gathered.Rows(values, items))), places);
        var alone = Gathered.Rows(values, sorted.Order);
        return Joined(mixed, alone, groups, spoiled);
    }

    private protected override Tensor SoftlySortedCore(Tensor scores) =>
        InfiniteScores.Sorted(scores, OrderCore, PresentCount, AllOrdinary, base.SoftlySortedCore);

    protected override Tensor ApplyTransposeCore(Tensor values)
    {
        var places = Indices(Items, int64, Device).Plus(first).clamp_max(Number(Items - 1));
        var mixed = Gathered.Rows(steps.Backward(OnWires(Gathered.Rows(values, places))), wires);
        var alone = Gathered.Rows(values, sorted.Rank);
        return Joined(mixed, alone, itemGroups, spoiled.sum(-1, keepdim: true));
    }

    // The transpose spoils every item if one place has no limit; rows that such places do not reach are in the matrix.
    protected override Tensor TopKCore(long k) => HasUnsettled ? MatrixCore().narrow(-2, 0, k).sum(-2) :
        ApplyTransposeCore(Indices(Items, int64, Device).lt(Number(k)).to(ElementType).expand([.. Batch, Items]).unsqueeze(-1)).squeeze(-1);

    protected override Tensor RowsCore(Tensor places)
    {
        if (HasUnsettled) return Gathered.SomeRows(MatrixCore(), places);
        var wanted = places.unsqueeze(-2).eq(Indices(Items, int64, Device).unsqueeze(-1)).to(ElementType);
        return ApplyTransposeCore(wanted.expand([.. Batch, Items, places.size(-1)])).transpose(-1, -2);
    }

    protected override Tensor CrossEntropyCore(Tensor order)
    {
        var shape = Check.Broadcast(order.shape, [.. Batch, Items])!;
        var logs = LogMatrixCore().expand([.. shape, Items]).gather(-1, order.expand(shape).unsqueeze(-1)).squeeze(-1);
        if (sorted.PresentCount is not { } present) return logs.mean([-1]).neg();
        return logs.masked_fill(groups.eq(Number(3)), Number(0)).sum(-1).neg().div(present.squeeze(-1).clamp_min(Number(1)));
    }

    protected override Tensor LogMatrixCore() => NetworkLog.Of(MatrixCore());

    protected override Tensor MatrixCore() => ApplyCore(eye(Items, dtype: ElementType, device: Device));

    protected override Tensor OrderCore() => sorted.Order.alias();

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        foreach (var tensor in Held) tensor.Dispose();
    }

    private bool HasUnsettled => spoiled.isnan().any().item<bool>();

    private IEnumerable<Tensor> Held => [.. sorted.Tensors, .. steps.Tensors, groups, itemGroups, count, first, items, wires, spoiled];

    private Tensor OnWires(Tensor values) => values.masked_fill(Indices(Items, int64, Device).ge(count).unsqueeze(-1), Number(0));

    // What is outside the network is as it was; padding may hold anything.
    private static Tensor Joined(Tensor mixed, Tensor alone, Tensor groups, Tensor spoiled) => mixed
        .where(groups.eq(Number(1)).unsqueeze(-1), alone)
        .Plus(spoiled.unsqueeze(-1))
        .masked_fill(groups.eq(Number(3)).unsqueeze(-1), Number(0));
}
