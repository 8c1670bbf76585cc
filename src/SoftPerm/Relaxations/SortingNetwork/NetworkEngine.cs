using SoftPerm.Kernels.SortingNetworks;
using SoftPerm.Validation;

namespace SoftPerm.Relaxations;

/// <summary>A relaxed sorting network composed of tensor operations.</summary>
/// <remarks>Finite items are on the first wires, in the order given. Infinite ones stand alone in places of their own.</remarks>
internal sealed class NetworkEngine : PermutationEngine
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
    public NetworkEngine(
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
        var unit = sorted.Values.numel() > 0 && sorted.Values.detach().abs().amax().item<double>() > 1e307 ? 0.125 : 1;
        var values = sorted.Values.mul(Number(unit));
        // Counted from the score nearest to 0, so that a common offset costs no accuracy and neither do scores of many scales.
        var distances = values.detach().abs().masked_fill(groups.ne(Number(1)), Number(double.PositiveInfinity));
        var centre = values.detach().gather(-1, distances.argmin(-1, keepdim: true));
        var atWires = values.sub(centre).gather(-1, sorted.Rank.gather(-1, items));
        steps = new NetworkSteps(atWires, count, temperatures.mul(Number(unit)), layers((int)Items), swap, ElementType);
        Hold([.. sorted.Tensors, .. steps.Tensors, groups, itemGroups, count, first, items, wires, spoiled]);
    }

    public override Tensor? PresentCount => sorted.PresentCount;

    public override bool AllOrdinary => sorted.Group is null;

    public override Tensor Apply(Tensor values)
    {
        var place = Places.sub(first).clamp(Number(0), Number(Items - 1));
        var mixed = Gathered.Rows(steps.Forward(OnWires(Gathered.Rows(values, items))), place);
        var alone = Gathered.Rows(values, sorted.Order);
        return Joined(mixed, alone, groups, spoiled);
    }

    public override Tensor SoftlySorted(Tensor scores) => InfiniteScores.Sorted(scores, this, base.SoftlySorted);

    public override Tensor ApplyTranspose(Tensor values)
    {
        var place = Places.Plus(first).clamp_max(Number(Items - 1));
        var mixed = Gathered.Rows(steps.Backward(OnWires(Gathered.Rows(values, place))), wires);
        var alone = Gathered.Rows(values, sorted.Rank);
        return Joined(mixed, alone, itemGroups, spoiled.sum(-1, keepdim: true));
    }

    // The transpose spoils every item if one place has no limit; rows that such places do not reach are in the matrix.
    public override Tensor TopK(long k) => HasUnsettled ? Matrix().narrow(-2, 0, k).sum(-2) : base.TopK(k);

    public override Tensor Rows(Tensor places) => HasUnsettled ? Gathered.SomeRows(Matrix(), places) : base.Rows(places);

    public override Tensor CrossEntropy(Tensor order)
    {
        var shape = Check.Broadcast(order.shape, [.. Batch, Items])!;
        var logs = LogMatrix().expand([.. shape, Items]).gather(-1, order.expand(shape).unsqueeze(-1)).squeeze(-1);
        return MeanOverPresent(logs).neg();
    }

    // Entries may be 0: they count as the smallest normal number of their type.
    public override Tensor LogMatrix() => Matrix().clamp_min(Number(ElementType == float32 ? 1.17549435e-38f : 2.2250738585072014e-308)).log();

    public override Tensor Matrix() => Apply(eye(Items, dtype: ElementType, device: Device));

    public override Tensor Order() => sorted.Order.alias();

    private bool HasUnsettled => spoiled.isnan().any().item<bool>();

    private Tensor OnWires(Tensor values) => values.masked_fill(Places.ge(count).unsqueeze(-1), Number(0));

    // What is outside the network is as it was; padding may hold anything.
    private static Tensor Joined(Tensor mixed, Tensor alone, Tensor groups, Tensor spoiled) => mixed
        .where(groups.eq(Number(1)).unsqueeze(-1), alone)
        .Plus(spoiled.unsqueeze(-1))
        .masked_fill(groups.eq(Number(3)).unsqueeze(-1), Number(0));
}
