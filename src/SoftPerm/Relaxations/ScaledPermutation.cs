namespace SoftPerm;

/// <summary>A relaxed permutation with rows and columns scaled: diag(u) P̂ diag(v).</summary>
internal sealed class ScaledPermutation : RelaxedPermutation
{
    private readonly RelaxedPermutation relaxed;
    private readonly Tensor rowScales;
    private readonly Tensor columnScales;

    private ScaledPermutation(RelaxedPermutation relaxed, Tensor rowScales, Tensor columnScales, ScalarType type)
        : base([.. relaxed.Batch, relaxed.Items], type, relaxed.Device, relaxed.Descending) =>
        (this.relaxed, this.rowScales, this.columnScales) = (relaxed, rowScales, columnScales);

    /// <summary>Scales a permutation by Sinkhorn iterations until its columns sum to nearly 1 and its rows to 1.</summary>
    /// <param name="relaxed">P̂, whose rows sum to 1. Belongs to the result from here on.</param>
    /// <param name="iterations">How many.</param>
    /// <param name="type">The element type of results.</param>
    public static ScaledPermutation DoublyStochastic(RelaxedPermutation relaxed, int iterations, ScalarType type)
    {
        Tensor rows = ones([.. relaxed.Batch, relaxed.Items, 1], relaxed.ElementType, relaxed.Device), columns = rows;
        for (var k = 0; k < iterations; k++)
        {
            columns = Inverted(relaxed.ApplyTranspose(rows));
            rows = Inverted(relaxed.Apply(columns));
        }

        return new ScaledPermutation(relaxed, rows, columns, type);
    }

    protected internal override Tensor? PresentCount => relaxed.PresentCount;

    protected override bool HasLostTensors => relaxed.IsDisposed || rowScales.IsInvalid;

    internal override bool AllOrdinary => relaxed.AllOrdinary;

    /// <summary>Hands the scales to the caller's scope; P̂ stays where it is.</summary>
    public ScaledPermutation MoveToOuterDisposeScope()
    {
        rowScales.MoveToOuterDisposeScope();
        columnScales.MoveToOuterDisposeScope();
        return this;
    }

    protected override Tensor ApplyCore(Tensor values) =>
        relaxed.Apply(values.to(relaxed.ElementType).mul(columnScales)).mul(rowScales).to(ElementType);

    private protected override Tensor SoftlySortedCore(Tensor scores) =>
        InfiniteScores.Sorted(scores, OrderCore, PresentCount, AllOrdinary, base.SoftlySortedCore);

    protected override Tensor ApplyTransposeCore(Tensor values) =>
        relaxed.ApplyTranspose(values.to(relaxed.ElementType).mul(rowScales)).mul(columnScales).to(ElementType);

    protected override Tensor TopKCore(long k) =>
        ApplyTransposeCore(Indices(Items, int64, Device).lt(Number(k)).to(ElementType).unsqueeze(-1)).squeeze(-1);

    protected override Tensor RowsCore(Tensor places) =>
        relaxed.Rows(places).mul(Gathered.Entries(rowScales.squeeze(-1), places).unsqueeze(-1)).mul(columnScales.transpose(-1, -2)).to(ElementType);

    protected override Tensor CrossEntropyCore(Tensor order)
    {
        var logs = rowScales.squeeze(-1).log().Plus(Gathered.Entries(columnScales.squeeze(-1).log(), order));
        var mean = PresentCount is not { } present
            ? logs.mean([-1])
            : logs.masked_fill(Indices(Items, int64, Device).ge(present), Number(0)).sum(-1).div(present.squeeze(-1).clamp_min(Number(1)));
        return relaxed.CrossEntropy(order).sub(mean).to(ElementType);
    }

    protected override Tensor LogMatrixCore() => relaxed.LogMatrix().Plus(rowScales.log()).Plus(columnScales.log().transpose(-1, -2)).to(ElementType);

    protected override Tensor MatrixCore() => relaxed.Matrix().mul(rowScales).mul(columnScales.transpose(-1, -2)).to(ElementType);

    protected override Tensor OrderCore() => relaxed.Order();

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        relaxed.Dispose();
        rowScales.Dispose();
        columnScales.Dispose();
    }

    /// <summary>1 / sums; 1 where there is nothing to scale.</summary>
    private static Tensor Inverted(Tensor sums) => sums.masked_fill(sums.eq(Number(0)), Number(1)).reciprocal();
}
