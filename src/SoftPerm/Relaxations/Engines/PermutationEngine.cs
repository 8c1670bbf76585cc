namespace SoftPerm.Relaxations;

/// <summary>What acts behind a <see cref="RelaxedPermutation"/>: arguments are checked and of the engine's type, temporaries may be left in the
/// dispose scope of the call.</summary>
internal abstract class PermutationEngine : IDisposable
{
    private Tensor[] held = [];

    /// <summary>Describes the operator.</summary>
    /// <param name="shape">The shape of the scores, [..., n].</param>
    /// <param name="type">The element type of values and results.</param>
    /// <param name="device">The device of the scores.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    protected PermutationEngine(ReadOnlySpan<long> shape, ScalarType type, Device device, bool descending) =>
        (Batch, Items, ElementType, Device, Descending) = (shape[..^1].ToArray(), shape[^1], type, device, descending);

    public long[] Batch { get; }

    public long Items { get; }

    public ScalarType ElementType { get; }

    public Device Device { get; }

    public bool Descending { get; }

    /// <summary>The number of items that are there, int64 of a shape that broadcasts to [..., 1]; null where all are.</summary>
    public virtual Tensor? PresentCount => null;

    /// <summary>Whether it is known that all scores are there and none is infinite.</summary>
    public virtual bool AllOrdinary => false;

    /// <summary>Whether the tensors held were disposed by others, as at the end of a dispose scope.</summary>
    public virtual bool HasLostTensors => held.Length > 0 && held[0].IsInvalid;

    /// <summary>P̂ X.</summary>
    public abstract Tensor Apply(Tensor values);

    /// <summary>P̂ s for the scores s, [..., n].</summary>
    public virtual Tensor SoftlySorted(Tensor scores) => Apply(scores.unsqueeze(-1)).squeeze(-1);

    /// <summary>P̂ᵀ X.</summary>
    public abstract Tensor ApplyTranspose(Tensor values);

    /// <summary>The first k rows summed, 1 ≤ k ≤ n.</summary>
    public virtual Tensor TopK(long k) =>
        ApplyTranspose(Places.lt(Number(k)).to(ElementType).expand([.. Batch, Items]).unsqueeze(-1)).squeeze(-1);

    /// <summary>Rows of P̂, [..., r, n], at the places given as int64 of a shape that broadcasts to [..., r].</summary>
    public virtual Tensor Rows(Tensor places)
    {
        var wanted = places.unsqueeze(-2).eq(Places.unsqueeze(-1)).to(ElementType);
        return ApplyTranspose(wanted.expand([.. Batch, Items, places.size(-1)])).transpose(-1, -2);
    }

    /// <summary>The cross-entropy to an order.</summary>
    public abstract Tensor CrossEntropy(Tensor order);

    /// <summary>log P̂, [..., n, n].</summary>
    public abstract Tensor LogMatrix();

    /// <summary>P̂, [..., n, n].</summary>
    public virtual Tensor Matrix() => LogMatrix().exp();

    /// <summary>The item at each place, int64 [..., n].</summary>
    public abstract Tensor Order();

    /// <summary>Σ_i i P̂[i,j] / Σ_i P̂[i,j].</summary>
    public Tensor Ranks()
    {
        var places = Indices(Items, ElementType, Device);
        var sums = ApplyTranspose(stack([places, ones_like(places)], -1).expand([.. Batch, Items, 2]));
        Tensor weighted = sums.select(-1, 0), total = sums.select(-1, 1);
        return weighted.div(total.masked_fill(total.eq(Number(0)), Number(1)));
    }

    /// <summary>The row at a quantile, [..., n].</summary>
    public Tensor RowAt(double quantile)
    {
        var places = QuantilePlaces.Of(quantile, Descending, Items, PresentCount, ElementType, Device);
        return places.Mean(Rows(places.Places));
    }

    /// <summary>The mean of values [..., n] at a quantile, [...]. Where there is no weight, a value may be anything.</summary>
    public Tensor MeanAt(double quantile, Tensor values)
    {
        var row = RowAt(quantile);
        if (!AllOrdinary) row = where(values.detach().isinf(), row.detach(), row); // a weight on an infinite value has no slope that is a number
        var weights = row.detach();
        var hasNone = weights.eq(Number(0));
        // Counted from the value that weighs most, so that a common offset costs no accuracy, in the gradient least of all.
        var centre = values.detach().gather(-1, weights.argmax(-1, keepdim: true));
        if (PresentCount is not null) centre = centre.masked_fill(hasNone.all(-1, keepdim: true), Number(0));
        var farthest = values.dtype == float32 ? 1e30 : 1e300; // so that no difference overflows
        centre = centre.clamp(Number(-farthest), Number(farthest)); // if it is infinite, so is the mean
        return row.mul(values.sub(centre).masked_fill(hasNone, Number(0))).sum(-1).Plus(centre.squeeze(-1));
    }

    /// <summary>Calls an action with each tensor held, by others for this engine too.</summary>
    public virtual void ForEachTensor(Action<Tensor> action)
    {
        foreach (var tensor in held) action(tensor);
    }

    /// <summary>Releases what is held.</summary>
    public void Dispose()
    {
        foreach (var tensor in held) tensor.Dispose();
        Release();
    }

    /// <summary>Releases what is held besides tensors.</summary>
    protected virtual void Release()
    {
    }

    /// <summary>Names the tensors that the engine holds from here on.</summary>
    protected void Hold(params IEnumerable<Tensor?> tensors) => held = [.. tensors.OfType<Tensor>()];

    /// <summary>0 to n - 1.</summary>
    protected Tensor Places => Indices(Items, int64, Device);

    /// <summary>The places that nobody takes, [..., n], if there are some.</summary>
    protected Tensor AbsentPlaces(Tensor present) => Places.ge(present);

    /// <summary>The mean by place, [...], over the places of items that are there; 0 with none.</summary>
    protected Tensor MeanOverPresent(Tensor byPlace)
    {
        if (PresentCount is not { } present) return byPlace.mean([-1]);
        return byPlace.masked_fill(AbsentPlaces(present), Number(0)).sum(-1).div(present.squeeze(-1).clamp_min(Number(1)));
    }
}

/// <summary>What was asked of a permutation: how estimators tell a cost that no gradient reaches.</summary>
internal sealed class PermutationUse
{
    /// <summary>Whether a member through which gradients flow was called: any but the order.</summary>
    public bool Acted { get; set; }

    /// <summary>Whether the order was asked for, which jumps where scores meet.</summary>
    public bool GaveOrder { get; set; }
}

/// <summary>What a permutation and the graph nodes made from it hold together; the last one disposes it.</summary>
internal sealed class Shared<T>(T value) : IDisposable
    where T : IDisposable
{
    private int holders = 1;

    /// <summary>What is held.</summary>
    public T Value { get; } = value;

    /// <summary>Adds a holder, which disposes this object once.</summary>
    public Shared<T> Hold()
    {
        Interlocked.Increment(ref holders);
        return this;
    }

    /// <summary>Takes a holder away.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref holders) == 0) Value.Dispose();
    }
}
