namespace SoftPerm.Relaxations;

/// <summary>A batch of scores sorted largest first, with what the rows of a relaxation need to know about them.</summary>
/// <remarks>Ties keep their input order; absent items come last. O(n log n) time, O(n) memory.</remarks>
internal sealed record SortedScores
{
    /// <summary>The item at each place, int64 [..., n].</summary>
    public required Tensor Order { get; init; }

    /// <summary>The place of each item, int64 [..., n].</summary>
    public required Tensor Rank { get; init; }

    /// <summary>The scores at each place, float64 [..., n] where the device has it; 0 where absent or infinite.</summary>
    public required Tensor Values { get; init; }

    /// <summary>For each place: 0 +∞, 1 finite, 2 -∞, 3 absent; int64 [..., n]. In a row with a NaN all that are present count as finite,
    /// so that it spoils them. Null where all scores are finite, or NaN, and present.</summary>
    public required Tensor? Group { get; init; }

    /// <summary>The number of items there, int64 [..., 1]; null without a mask.</summary>
    public required Tensor? PresentCount { get; init; }

    /// <summary>NaN, with a gradient of NaN, for a row that holds one, else 0, [..., 1].</summary>
    public Tensor Spoiled => SpoiledBy(Values);

    /// <summary>NaN, with a gradient of NaN, for a row of numbers that holds one that is not finite, else 0, [..., 1].</summary>
    /// <remarks>Other rows get no gradient by it: in and out of every number, it would drown theirs.</remarks>
    public static Tensor SpoiledBy(Tensor values)
    {
        var spoiled = values.masked_fill(values.detach().isfinite().all(-1, keepdim: true), Number(0));
        return spoiled.sub(spoiled).sum(-1, keepdim: true);
    }

    /// <summary>The tensors held.</summary>
    public IEnumerable<Tensor> Tensors => new[] { Order, Rank, Values, Group, PresentCount }.OfType<Tensor>();

    /// <summary>Sorts scores [..., n] with an optional mask that broadcasts to them.</summary>
    public static SortedScores Of(Tensor scores, Tensor? mask)
    {
        var order = StableOrder(scores.detach(), descending: true);
        Tensor? absent = null;
        if (mask is not null)
        {
            absent = mask.logical_not().expand(scores.shape).gather(-1, order);
            var presentFirst = StableOrder(absent.to(uint8), descending: false);
            order = order.gather(-1, presentFirst);
            absent = absent.gather(-1, presentFirst);
        }

        var values = scores.gather(-1, order);
        if (absent is not null) values = values.masked_fill(absent, Number(0));
        var infinite = values.detach().isinf();
        var group = absent is not null || infinite.any().item<bool>() ? Groups(values.detach(), absent) : null;
        if (group is not null) values = values.masked_fill(infinite, Number(0));
        return new SortedScores
        {
            Order = order,
            Rank = order.argsort(-1),
            Values = values.to(scores.device.WideType()),
            Group = group,
            PresentCount = absent?.logical_not().sum(-1, keepdim: true),
        };
    }

    /// <summary>The scores at each place, with a gradient that equal ones share: which of them has which place does not matter.</summary>
    public Tensor SharedByEquals()
    {
        if (!Values.requires_grad || !is_grad_enabled() || Values.size(-1) == 1) return Values.alias();
        // 1. Each run of equal scores of one group gets a number.
        var rises = Step(Values.detach());
        if (Group is not null) rises = rises.logical_or(Step(Group));
        var run = nn.functional.pad(rises.to(int64).cumsum(-1), [1, 0]);
        // 2. The mean of a run's slopes. Only zeros are summed: the values stay as they are.
        var slopes = Values.sub(Values.detach());
        var zero = zeros_like(slopes);
        var size = zero.scatter_add(-1, run, ones_like(slopes));
        return Values.detach().Plus(zero.scatter_add(-1, run, slopes).div(size.clamp_min(Number(1))).gather(-1, run));

        static Tensor Step(Tensor values) => values.narrow(-1, 1, values.size(-1) - 1).ne(values.narrow(-1, 0, values.size(-1) - 1));
    }

    private static Tensor StableOrder(Tensor keys, bool descending) => keys.sort(dim: -1, descending, stable: true).Indices;

    private static Tensor Groups(Tensor values, Tensor? absent)
    {
        var known = values.isnan().any(-1, keepdim: true).logical_not(); // beside a NaN, infinite scores have no place of their own
        var group = ones(values.shape, int64, values.device)
            .masked_fill(values.eq(Number(double.PositiveInfinity)).logical_and(known), Number(0))
            .masked_fill(values.eq(Number(double.NegativeInfinity)).logical_and(known), Number(2));
        return absent is null ? group : group.masked_fill(absent, Number(3));
    }
}
