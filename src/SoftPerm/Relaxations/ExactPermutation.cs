namespace SoftPerm;

/// <summary>An exact permutation behind the members of a relaxed one: gathers instead of mixtures.</summary>
internal sealed class ExactPermutation : RelaxedPermutation
{
    private readonly Tensor order;
    private readonly Tensor inverse;

    /// <summary>The exact permutation of an order.</summary>
    /// <param name="order">The item at each place, int64 [..., n], each row a permutation. Stays the caller's.</param>
    /// <param name="presentCount">The number of items that are there, or null for all. Stays the caller's.</param>
    /// <param name="type">The element type of values and results.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    public ExactPermutation(Tensor order, Tensor? presentCount, ScalarType type, bool descending)
        : base(order.shape, type, order.device, descending)
    {
        this.order = order.alias();
        inverse = order.argsort(-1);
        PresentCount = presentCount?.alias();
    }

    protected internal override Tensor? PresentCount { get; }

    protected override bool HasLostTensors => order.IsInvalid;

    /// <summary>Hands the tensors held to the caller's scope.</summary>
    public ExactPermutation MoveToOuterDisposeScope()
    {
        order.MoveToOuterDisposeScope();
        inverse.MoveToOuterDisposeScope();
        PresentCount?.MoveToOuterDisposeScope();
        return this;
    }

    protected override Tensor ApplyCore(Tensor values) => KeepPresent(Gathered.Rows(values, order), Taken(Places()).unsqueeze(-1));

    protected override Tensor ApplyTransposeCore(Tensor values) => KeepPresent(Gathered.Rows(values, inverse), Taken(inverse).unsqueeze(-1));

    protected override Tensor TopKCore(long k) => inverse.lt(Number(k)).logical_and(Taken(inverse)).to(ElementType);

    protected override Tensor RowsCore(Tensor places)
    {
        var rows = inverse.unsqueeze(-2).eq(places.unsqueeze(-1));
        return rows.logical_and(Taken(places).unsqueeze(-1)).to(ElementType);
    }

    protected override Tensor CrossEntropyCore(Tensor order)
    {
        var right = order.eq(this.order).logical_or(Taken(Places()).logical_not()).all(-1);
        return zeros(right.shape, ElementType, Device).masked_fill(right.logical_not(), Number(double.PositiveInfinity));
    }

    protected override Tensor LogMatrixCore() => MatrixCore().log();

    protected override Tensor MatrixCore() => RowsCore(Places());

    protected override Tensor OrderCore() => order.alias();

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        order.Dispose();
        inverse.Dispose();
        PresentCount?.Dispose();
    }

    private static Tensor KeepPresent(Tensor rows, Tensor taken) => rows.masked_fill(taken.logical_not(), Number(0));

    private Tensor Places() => Indices(Items, int64, Device);

    private Tensor Taken(Tensor places) => places.lt(PresentCount ?? tensor([Items], device: Device));
}
