namespace SoftPerm;

/// <summary>The exact permutation forward, a relaxed one's gradient backward.</summary>
internal sealed class StraightThroughPermutation : RelaxedPermutation
{
    private readonly RelaxedPermutation relaxed;
    private readonly RelaxedPermutation exact;

    public StraightThroughPermutation(RelaxedPermutation relaxed)
        : base([.. relaxed.Batch, relaxed.Items], relaxed.ElementType, relaxed.Device, relaxed.Descending)
    {
        this.relaxed = relaxed;
        using var scope = NewDisposeScope();
        exact = new ExactPermutation(relaxed.Order(), relaxed.PresentCount, relaxed.ElementType, relaxed.Descending).MoveToOuterDisposeScope();
    }

    protected internal override Tensor? PresentCount => relaxed.PresentCount;

    protected override bool HasLostTensors => relaxed.IsDisposed || exact.IsDisposed;

    protected override Tensor ApplyCore(Tensor values) => Join(exact.Apply(values), relaxed.Apply(values));

    protected override Tensor ApplyTransposeCore(Tensor values) => Join(exact.ApplyTranspose(values), relaxed.ApplyTranspose(values));

    protected override Tensor TopKCore(long k) => Join(exact.TopK(k), relaxed.TopK(k));

    protected override Tensor RowsCore(Tensor places) => Join(exact.Rows(places), relaxed.Rows(places));

    protected override Tensor CrossEntropyCore(Tensor order) => Join(exact.CrossEntropy(order), relaxed.CrossEntropy(order));

    protected override Tensor LogMatrixCore() => Join(exact.LogMatrix(), relaxed.LogMatrix());

    protected override Tensor MatrixCore() => Join(exact.Matrix(), relaxed.Matrix());

    protected override Tensor OrderCore() => relaxed.Order();

    protected override void Dispose(bool disposing)
    {
        if (disposing) exact.Dispose();
    }

    /// <summary>One result's numbers with another's gradient.</summary>
    internal static Tensor Join(Tensor hard, Tensor soft)
    {
        // Exactly zero where soft is finite; where it is not (log 0, infinite values), there is no gradient to pass on.
        var difference = soft.sub(soft.detach());
        return hard.detach().Plus(difference.masked_fill(soft.detach().isinf(), Number(0)));
    }
}
