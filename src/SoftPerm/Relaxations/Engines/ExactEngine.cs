namespace SoftPerm.Relaxations;

/// <summary>An exact permutation behind the members of a relaxed one: gathers instead of mixtures.</summary>
internal sealed class ExactEngine : PermutationEngine
{
    private readonly Tensor order;
    private readonly Tensor inverse;

    /// <summary>The exact permutation of an order.</summary>
    /// <param name="order">The item at each place, int64 [..., n], each row a permutation. Stays the caller's.</param>
    /// <param name="presentCount">The number of items that are there, or null for all. Stays the caller's.</param>
    /// <param name="type">The element type of values and results.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    public ExactEngine(Tensor order, Tensor? presentCount, ScalarType type, bool descending)
        : base(order.shape, type, order.device, descending)
    {
        this.order = order.alias();
        inverse = order.argsort(-1);
        PresentCount = presentCount?.alias();
        Hold(this.order, inverse, PresentCount);
    }

    public override Tensor? PresentCount { get; }

    public override Tensor Apply(Tensor values) => KeepPresent(Gathered.Rows(values, order), Taken(Places).unsqueeze(-1));

    public override Tensor ApplyTranspose(Tensor values) => KeepPresent(Gathered.Rows(values, inverse), Taken(inverse).unsqueeze(-1));

    public override Tensor TopK(long k) => inverse.lt(Number(k)).logical_and(Taken(inverse)).to(ElementType);

    public override Tensor Rows(Tensor places)
    {
        var rows = inverse.unsqueeze(-2).eq(places.unsqueeze(-1));
        return rows.logical_and(Taken(places).unsqueeze(-1)).to(ElementType);
    }

    public override Tensor CrossEntropy(Tensor order)
    {
        var right = order.eq(this.order).logical_or(Taken(Places).logical_not()).all(-1);
        return zeros(right.shape, ElementType, Device).masked_fill(right.logical_not(), Number(double.PositiveInfinity));
    }

    public override Tensor LogMatrix() => Matrix().log();

    public override Tensor Matrix() => Rows(Places);

    public override Tensor Order() => order.alias();

    private static Tensor KeepPresent(Tensor rows, Tensor taken) => rows.masked_fill(taken.logical_not(), Number(0));

    private Tensor Taken(Tensor places) => places.lt(PresentCount ?? tensor([Items], device: Device));
}
