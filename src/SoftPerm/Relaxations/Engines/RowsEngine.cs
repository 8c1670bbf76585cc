namespace SoftPerm.Relaxations;

/// <summary>A relaxed permutation composed of tensor operations: everything read off its rows, a few at a time, in sorted columns.</summary>
internal sealed class RowsEngine : PermutationEngine
{
    private readonly SortedScores sorted;
    private readonly LogRows rows;

    /// <param name="scores">s.</param>
    /// <param name="mask">Which items are there, or null.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <param name="create">Makes the rows of sorted scores.</param>
    public RowsEngine(Tensor scores, Tensor? mask, bool descending, Func<SortedScores, LogRows> create)
        : base(scores.shape, scores.dtype, scores.device, descending)
    {
        sorted = SortedScores.Of(descending ? scores : scores.neg(), mask);
        rows = create(sorted);
        Hold([.. sorted.Tensors, .. rows.Tensors]);
    }

    public override Tensor? PresentCount => sorted.PresentCount;

    public override bool AllOrdinary => sorted.Group is null;

    public override Tensor Apply(Tensor values)
    {
        var inOrder = WithoutAbsent(Gathered.Rows(values, sorted.Order));
        if (sorted.Group is not { } group) return Mixed(inOrder);
        // The values of infinite scores may be infinite too, and stay in their places: 0 · ∞ is NaN.
        var isFinite = group.eq(Number(1)).unsqueeze(-1);
        return Mixed(inOrder.masked_fill(isFinite.logical_not(), Number(0))).Plus(inOrder.masked_fill(isFinite, Number(0)));
    }

    public override Tensor SoftlySorted(Tensor scores) => InfiniteScores.Sorted(scores, this, base.SoftlySorted);

    public override Tensor ApplyTranspose(Tensor values)
    {
        var present = WithoutAbsent(values);
        var sum = Summed(Items, places =>
            rows.Log(places).exp().transpose(-1, -2).matmul(present.narrow(-2, places.Start, places.Count)));
        return Gathered.Rows(sum, sorted.Rank);
    }

    public override Tensor TopK(long k) =>
        Gathered.Entries(Summed(k, places => rows.Log(places).exp().sum(-2)), sorted.Rank);

    public override Tensor Rows(Tensor places) => Gathered.Columns(rows.Log(places).exp(), sorted.Rank);

    public override Tensor CrossEntropy(Tensor order)
    {
        var columns = Gathered.Entries(sorted.Rank, order);
        var logs = Joined(Items, -1, places =>
        {
            var log = rows.Log(places);
            var wanted = columns.narrow(-1, places.Start, places.Count).unsqueeze(-1);
            return log.expand([.. wanted.shape[..^1], Items]).gather(-1, wanted).squeeze(-1);
        });
        return MeanOverPresent(logs).neg();
    }

    public override Tensor LogMatrix() =>
        Joined(Items, -2, places => Gathered.Columns(rows.Log(places), sorted.Rank));

    public override Tensor Order() => sorted.Order.alias();

    private Tensor Mixed(Tensor inOrder) => Joined(Items, -2, places => rows.Log(places).exp().matmul(inOrder));

    // Padding may hold anything, and 0 · NaN is NaN.
    private Tensor WithoutAbsent(Tensor inOrder) =>
        sorted.PresentCount is { } present ? inOrder.masked_fill(AbsentPlaces(present).unsqueeze(-1), Number(0)) : inOrder;

    private Tensor Joined(long count, long axis, Func<PlaceRange, Tensor> part)
    {
        var parts = Parts(count, part).ToArray();
        return parts.Length == 1 ? parts[0] : cat(parts, axis);
    }

    private Tensor Summed(long count, Func<PlaceRange, Tensor> part) => Parts(count, part).Aggregate((sum, next) =>
    {
        var total = sum.Plus(next);
        sum.Dispose();
        next.Dispose();
        return total;
    });

    private IEnumerable<Tensor> Parts(long count, Func<PlaceRange, Tensor> part) => rows.Chunks(count).Select(places =>
    {
        // A part leaves nothing behind but its result: the temporaries of one chunk make room for the next.
        using var scope = NewDisposeScope();
        return part(places).MoveToOuterDisposeScope();
    });
}
