using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>A relaxed permutation P̂ as a linear operator: it knows how to act, and builds its matrix only when asked.</summary>
/// <remarks>
/// <para>Row i belongs to place i of the sorted sequence, column j to item j as given. Every member but <see cref="Order"/>
/// is differentiable in the scores, the temperature and its own argument. Results belong to the caller's dispose scope.</para>
/// <para><b>Lifetime.</b> Once disposed, by <see cref="Dispose()"/> or with the dispose scope its tensors belong to, every member that acts throws
/// <see cref="ObjectDisposedException"/>; what describes the operator (<see cref="Items"/>, <see cref="Batch"/>, <see cref="ElementType"/>,
/// <see cref="Device"/>, <see cref="Descending"/>) stays readable. A straight-through operator ends with the one it was made from.</para>
/// <para><b>Padding.</b> Where a mask was given, the columns of absent items are zero, and so are the rows of the last places,
/// which nobody takes; what the values hold there does not matter.</para>
/// <para><b>Deriving.</b> Public members check their arguments once and open a dispose scope; the <c>…Core</c> members do the
/// mathematics and may leave temporaries behind.</para>
/// </remarks>
public abstract class RelaxedPermutation : IDisposable
{
    private readonly long[] batch;
    private int disposed;

    /// <summary>Describes the operator.</summary>
    /// <param name="shape">The shape of the scores, [..., n].</param>
    /// <param name="type">The element type of the scores.</param>
    /// <param name="device">The device of the scores.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    protected RelaxedPermutation(ReadOnlySpan<long> shape, ScalarType type, Device device, bool descending)
    {
        batch = shape[..^1].ToArray();
        Items = shape[^1];
        ElementType = type;
        Device = device;
        Descending = descending;
    }

    /// <summary>The number of items n.</summary>
    public long Items { get; }

    /// <summary>The leading axes [...] of all results.</summary>
    public IReadOnlyList<long> Batch => batch;

    /// <summary>The element type of the scores and of all results.</summary>
    public ScalarType ElementType { get; }

    /// <summary>The device of the scores and of all results.</summary>
    public Device Device { get; }

    /// <summary>Whether the first place holds the largest score.</summary>
    public bool Descending { get; }

    /// <summary>The number of items that are there, int64 of a shape that broadcasts to [..., 1]; null where all are.</summary>
    protected internal abstract Tensor? PresentCount { get; }

    /// <summary>Sorts softly: P̂ X, row i the mixture of values at place i.</summary>
    /// <param name="values">X, shape [..., n, d]; leading axes broadcast with those of the scores.</param>
    /// <returns>Shape [..., n, d].</returns>
    /// <exception cref="ArgumentException">The values have fewer than two axes, another n, axes that do not broadcast, or
    /// another element type or device than the scores.</exception>
    public Tensor Apply(Tensor values)
    {
        CheckValues(values);
        return Scoped(() => ApplyCore(values));
    }

    /// <summary>Sends values from places back to items: P̂ᵀ X.</summary>
    /// <param name="values">X, shape [..., n, d], row i the value at place i; leading axes broadcast with those of the scores.</param>
    /// <returns>Shape [..., n, d], row j for item j.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Apply"/>.</exception>
    public Tensor ApplyTranspose(Tensor values)
    {
        CheckValues(values);
        return Scoped(() => ApplyTransposeCore(values));
    }

    /// <summary>How much each item belongs to the first k places: the first k rows of P̂ summed.</summary>
    /// <param name="k">The number of places, 1 to n.</param>
    /// <returns>Shape [..., n]; sums to k, or to the number of items there if that is less.</returns>
    /// <exception cref="ArgumentOutOfRangeException">k is not in 1…n.</exception>
    public Tensor TopK(long k)
    {
        Check.Places(k, Items, nameof(k));
        return Scoped(() => TopKCore(k));
    }

    /// <summary>One row of P̂: the distribution over items of one place.</summary>
    /// <param name="place">The place i, 0 (first in order) to n - 1.</param>
    /// <returns>Shape [..., n]; sums to 1, or is zero at a place that nobody takes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The place is not in 0…n-1.</exception>
    public Tensor Row(long place)
    {
        if (place < 0 || place >= Items)
            throw new ArgumentOutOfRangeException(nameof(place), place, $"place must be in 0…{Items - 1}; there are {Items} items.");
        return Scoped(() => RowsCore(tensor([place], device: Device)).squeeze(-2));
    }

    /// <summary>The distribution over items at a quantile of the scores: 0 the smallest, 0.5 the median, 1 the largest.</summary>
    /// <remarks>Between two places the rows are interpolated linearly. A quantile that falls on a place, up to the rounding of q (n - 1), is
    /// the row of that place alone. Absent items do not count.</remarks>
    /// <param name="quantile">q in [0, 1].</param>
    /// <returns>Shape [..., n]; sums to 1, or is zero where no item is there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">q is not in [0, 1].</exception>
    public Tensor Quantile(double quantile)
    {
        Check.Quantile(quantile, nameof(quantile));
        return Scoped(() =>
        {
            var places = QuantilePlaces.Of(quantile, Descending, Items, PresentCount, ElementType, Device);
            return places.Mean(RowsCore(places.Places));
        });
    }

    /// <summary>The mean place of each item under its column: Σ_i i P̂[i,j] / Σ_i P̂[i,j], places counted from 0.</summary>
    /// <remarks>Columns of P̂ need not sum to 1, so they are normalized: ranks stay within 0…n-1.</remarks>
    /// <returns>Shape [..., n]; 0 for absent items, and for items that no place has any of.</returns>
    public Tensor Ranks() => Scoped(() =>
    {
        var places = Indices(Items, ElementType, Device);
        var sums = ApplyTransposeCore(stack([places, ones_like(places)], -1).expand([.. Batch, Items, 2]));
        Tensor weighted = sums.select(-1, 0), total = sums.select(-1, 1);
        return weighted.div(total.masked_fill(total.eq(Number(0)), Number(1)));
    });

    /// <summary>The cross-entropy to a true order, -mean_i log P̂[i, order_i], computed in log space.</summary>
    /// <remarks>The mean runs over the places of items that are there; with none, the result is 0.</remarks>
    /// <param name="order">The item that belongs to each place, int64, shape [..., n]; leading axes broadcast with those of the scores.</param>
    /// <returns>Shape [...].</returns>
    /// <exception cref="ArgumentException">The order is not int64, does not have n places, or does not broadcast.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order holds an index outside 0…n-1.</exception>
    public Tensor CrossEntropy(Tensor order)
    {
        Check.Order(order, batch, Items, nameof(order));
        return Scoped(() => CrossEntropyCore(order));
    }

    /// <summary>The logarithm of the matrix, exact where the matrix itself underflows.</summary>
    /// <returns>Shape [..., n, n].</returns>
    public Tensor LogMatrix() => Scoped(LogMatrixCore);

    /// <summary>The matrix P̂. O(n²) memory: for looking at, or for small n.</summary>
    /// <returns>Shape [..., n, n].</returns>
    public Tensor Matrix() => Scoped(MatrixCore);

    /// <summary>The exact permutation closest to this one: the row-wise argmax, ties resolved in input order.</summary>
    /// <remarks><b>Source.</b> Grover et al. 2019, Definition 6: always a permutation.</remarks>
    /// <returns>The item at each place, int64, shape [..., n]; no gradient.</returns>
    public Tensor Order()
    {
        ThrowIfDisposed();
        HasGivenOrder = true;
        using var scope = new CallScope(this);
        return OrderCore().MoveToOuterDisposeScope();
    }

    /// <summary>The same operator with the exact permutation forward and the relaxed gradient backward.</summary>
    /// <remarks>The result shares this object's tensors: keep this one alive while it is in use, and dispose both.</remarks>
    /// <returns>An operator whose values are those of <see cref="Order"/> and whose gradients are those of this one.</returns>
    public RelaxedPermutation StraightThrough() => new StraightThroughPermutation(this);

    /// <summary>Releases the tensors held. Further calls do nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return; // what is shared with graphs must be released once
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether the tensors held were released by other ways than <see cref="Dispose()"/>, such as the end of a dispose scope.</summary>
    /// <remarks>False unless overridden. Where it is true, members refuse to act.</remarks>
    protected virtual bool HasLostTensors => false;

    /// <summary>Whether members refuse to act.</summary>
    internal bool IsDisposed => Volatile.Read(ref disposed) != 0 || HasLostTensors;

    /// <summary>Refuses to act on tensors that are gone: their memory may be another permutation's by now.</summary>
    internal void ThrowIfDisposed()
    {
        if (IsDisposed) throw new ObjectDisposedException(GetType().Name,
            "The relaxed permutation was disposed, by Dispose or with its dispose scope; call its members before that.");
    }

    /// <summary>Whether a member through which gradients flow was called: any but <see cref="Order"/>.</summary>
    internal bool HasActed { get; private set; }

    /// <summary>Whether <see cref="Order"/> was called, which jumps where scores meet.</summary>
    internal bool HasGivenOrder { get; private set; }

    /// <summary>P̂ s for the scores s, [..., n].</summary>
    internal Tensor SoftlySorted(Tensor scores) => Scoped(() => SoftlySortedCore(scores));

    /// <summary>The mean of values [..., n] at a quantile, [...]. Where there is no weight, a value may be anything.</summary>
    internal Tensor MeanAtQuantile(double quantile, Tensor values) => Scoped(() =>
    {
        var row = Quantile(quantile);
        if (!AllOrdinary) row = where(values.detach().isinf(), row.detach(), row); // a weight on an infinite value has no slope that is a number
        var weights = row.detach();
        var hasNone = weights.eq(Number(0));
        // Counted from the value that weighs most, so that a common offset costs no accuracy, in the gradient least of all.
        var (centre, farthest) = (values.detach().gather(-1, weights.argmax(-1, keepdim: true)), Farthest(values));
        if (PresentCount is not null) centre = centre.masked_fill(hasNone.all(-1, keepdim: true), Number(0));
        centre = centre.clamp(Number(-farthest), Number(farthest)); // if it is infinite, so is the mean
        return row.mul(values.sub(centre).masked_fill(hasNone, Number(0))).sum(-1).Plus(centre.squeeze(-1));
    });

    /// <summary>Rows at checked places, [..., r, n].</summary>
    internal Tensor Rows(Tensor places) => Scoped(() => RowsCore(places));

    /// <summary>P̂ X for checked values.</summary>
    protected abstract Tensor ApplyCore(Tensor values);

    /// <summary>Whether it is known that all scores are there and none is infinite.</summary>
    internal virtual bool AllOrdinary => false;

    /// <summary>P̂ s for the scores s.</summary>
    private protected virtual Tensor SoftlySortedCore(Tensor scores) => ApplyCore(scores.unsqueeze(-1)).squeeze(-1);

    /// <summary>P̂ᵀ X for checked values.</summary>
    protected abstract Tensor ApplyTransposeCore(Tensor values);

    /// <summary>The first k rows summed, 1 ≤ k ≤ n.</summary>
    protected abstract Tensor TopKCore(long k);

    /// <summary>Rows of P̂, shape [..., r, n], at the places given as int64 of a shape that broadcasts to [..., r].</summary>
    protected abstract Tensor RowsCore(Tensor places);

    /// <summary>The cross-entropy to a checked order.</summary>
    protected abstract Tensor CrossEntropyCore(Tensor order);

    /// <summary>log P̂, shape [..., n, n].</summary>
    protected abstract Tensor LogMatrixCore();

    /// <summary>P̂, shape [..., n, n].</summary>
    protected abstract Tensor MatrixCore();

    /// <summary>The item at each place, int64, shape [..., n].</summary>
    protected abstract Tensor OrderCore();

    /// <summary>Releases the tensors held.</summary>
    /// <param name="disposing">Whether the call comes from <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);

    private Tensor Scoped(Func<Tensor> compute)
    {
        ThrowIfDisposed();
        HasActed = true;
        using var scope = new CallScope(this, compute); // which holds the argument
        return compute().MoveToOuterDisposeScope();
    }

    /// <summary>How far off a number to count others from may be, so that no difference overflows.</summary>
    private static double Farthest(Tensor numbers) => numbers.dtype == float32 ? 1e30 : 1e300;

    private void CheckValues(Tensor values) => Check.Values(values, batch, Items, ElementType, Device, nameof(values));
}
