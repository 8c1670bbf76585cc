using SoftPerm.Relaxations;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>A relaxed permutation P̂ as a linear operator: it knows how to act, and builds its matrix only when asked.</summary>
/// <remarks>
/// <para>Row i belongs to place i of the sorted sequence, column j to item j as given. Every member but <see cref="Order"/>
/// is differentiable in the scores, the temperature and its own argument. Results belong to the caller's dispose scope.</para>
/// <para><b>Lifetime.</b> Once disposed, by <see cref="Dispose"/> or with the dispose scope its tensors belong to, every member that acts throws
/// <see cref="ObjectDisposedException"/>; what describes the operator (<see cref="Items"/>, <see cref="Batch"/>, <see cref="ElementType"/>,
/// <see cref="Device"/>, <see cref="Descending"/>) stays readable.</para>
/// <para><b>Padding.</b> Where a mask was given, the columns of absent items are zero, and so are the rows of the last places,
/// which nobody takes; what the values hold there does not matter.</para>
/// </remarks>
public sealed class RelaxedPermutation : IDisposable
{
    private readonly Shared<PermutationEngine> engine;
    private readonly PermutationUse use;
    private int disposed;

    /// <summary>The operator that an engine, which belongs to it from here on, makes for values and results of a type.</summary>
    internal RelaxedPermutation(PermutationEngine engine, ScalarType type) : this(engine, type, new PermutationUse())
    {
    }

    private RelaxedPermutation(PermutationEngine engine, ScalarType type, PermutationUse use)
    {
        (this.engine, this.use, ElementType) = (new Shared<PermutationEngine>(engine), use, type);
    }

    /// <summary>The softmax of each row of logits: row-stochastic, and nothing more.</summary>
    /// <remarks>
    /// <para><b>Properties.</b> <see cref="Order"/> is the permutation of largest total log-probability, Σ_i log P[i, order_i]: where each row's
    /// largest entry is in another column, it is made of those. <see cref="Quantile"/> takes the first place for the largest.</para>
    /// <para><b>Cost.</b> O(n²) time and memory for one operator, O(n³) time for the order.</para>
    /// <para><b>Source.</b> The vanilla row-stochastic baseline of Grover et al. 2019; Jonker and Volgenant 1987 for the order.</para>
    /// </remarks>
    /// <param name="logits">Shape [..., n, n] with n ≥ 1, float32 or float64; row i for place i, column j for item j. -∞ forbids a pair,
    /// as long as some permutation holds none. It need not stay alive.</param>
    /// <returns>The relaxed permutation. It holds a tensor of its own: dispose it, or let the dispose scope do so.</returns>
    /// <exception cref="ArgumentException">The logits are not square matrices, have another element type, hold NaN or +∞, or forbid
    /// every permutation.</exception>
    public static RelaxedPermutation FromRows(Tensor logits)
    {
        Check.Matrices(logits, nameof(logits));
        Matching.CheckExists(logits, nameof(logits));
        using var scope = new CallScope(logits);
        return new RelaxedPermutation(new DenseEngine(logits.log_softmax(-1)), logits.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>The number of items n.</summary>
    public long Items => engine.Value.Items;

    /// <summary>The leading axes [...] of all results.</summary>
    public IReadOnlyList<long> Batch => engine.Value.Batch;

    /// <summary>The element type of the scores and of all results.</summary>
    public ScalarType ElementType { get; }

    /// <summary>The device of the scores and of all results.</summary>
    public Device Device => engine.Value.Device;

    /// <summary>Whether the first place holds the largest score.</summary>
    public bool Descending => engine.Value.Descending;

    /// <summary>Sorts softly: P̂ X, row i the mixture of values at place i.</summary>
    /// <param name="values">X, shape [..., n, d]; leading axes broadcast with those of the scores.</param>
    /// <returns>Shape [..., n, d].</returns>
    /// <exception cref="ArgumentException">The values have fewer than two axes, another n, axes that do not broadcast, or
    /// another element type or device than the scores.</exception>
    public Tensor Apply(Tensor values)
    {
        CheckValues(values);
        return Read(engine => engine.Apply(Within(values)));
    }

    /// <summary>Sends values from places back to items: P̂ᵀ X.</summary>
    /// <param name="values">X, shape [..., n, d], row i the value at place i; leading axes broadcast with those of the scores.</param>
    /// <returns>Shape [..., n, d], row j for item j.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Apply"/>.</exception>
    public Tensor ApplyTranspose(Tensor values)
    {
        CheckValues(values);
        return Read(engine => engine.ApplyTranspose(Within(values)));
    }

    /// <summary>How much each item belongs to the first k places: the first k rows of P̂ summed.</summary>
    /// <param name="k">The number of places, 1 to n.</param>
    /// <returns>Shape [..., n]; sums to k, or to the number of items there if that is less.</returns>
    /// <exception cref="ArgumentOutOfRangeException">k is not in 1…n.</exception>
    public Tensor TopK(long k)
    {
        Check.Places(k, Items, nameof(k));
        return Read(engine => engine.TopK(k));
    }

    /// <summary>One row of P̂: the distribution over items of one place.</summary>
    /// <param name="place">The place i, 0 (first in order) to n - 1.</param>
    /// <returns>Shape [..., n]; sums to 1, or is zero at a place that nobody takes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The place is not in 0…n-1.</exception>
    public Tensor Row(long place)
    {
        if (place < 0 || place >= Items)
            throw new ArgumentOutOfRangeException(nameof(place), place, $"place must be in 0…{Items - 1}; there are {Items} items.");
        return Read(engine => engine.Rows(tensor([place], device: Device)).squeeze(-2));
    }

    /// <summary>The first k rows of P̂: for each of the first k places the distribution over items, soft indices of the top k.</summary>
    /// <remarks>Their product with values, [..., n, d], is the softly selected values. Their sum is <see cref="TopK"/>.</remarks>
    /// <param name="k">The number of places, 1 to n.</param>
    /// <returns>Shape [..., k, n]; each row sums to 1, or is zero at a place that nobody takes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">k is not in 1…n.</exception>
    public Tensor Rows(long k)
    {
        Check.Places(k, Items, nameof(k));
        return Read(engine => engine.Rows(Indices(k, int64, Device)));
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
        return Read(engine => engine.RowAt(quantile));
    }

    /// <summary>The mean place of each item under its column: Σ_i i P̂[i,j] / Σ_i P̂[i,j], places counted from 0.</summary>
    /// <remarks>Columns of P̂ need not sum to 1, so they are normalized: ranks stay within 0…n-1.</remarks>
    /// <returns>Shape [..., n]; 0 for absent items, and for items that no place has any of.</returns>
    public Tensor Ranks() => Read(engine => engine.Ranks());

    /// <summary>The softly sorted scores: P̂ s, with its limit where scores are infinite, which <see cref="Apply"/> has not.</summary>
    /// <param name="scores">The scores that were relaxed, s, [..., n]: their gradient is both that of the values sorted and that of the permutation.</param>
    /// <returns>Shape [..., n], by place; 0 at the places of absent items.</returns>
    /// <exception cref="ArgumentException">The scores have another shape, element type or device than those that were relaxed.</exception>
    public Tensor SortScores(Tensor scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (!scores.shape.AsSpan().SequenceEqual([.. engine.Value.Batch, Items]))
            throw new ArgumentException($"scores have shape [{string.Join(", ", scores.shape)}]; it must be [{string.Join(", ", engine.Value.Batch.Append(Items))}], that of the scores that were relaxed.", nameof(scores));
        CheckValues(scores.unsqueeze(-1));
        return Read(engine => engine.SoftlySorted(Within(scores)));
    }

    /// <summary>The cross-entropy to a true order, -mean_i log P̂[i, order_i], computed in log space.</summary>
    /// <remarks>The mean runs over the places of items that are there; with none, the result is 0.</remarks>
    /// <param name="order">The item that belongs to each place, int64, shape [..., n]; leading axes broadcast with those of the scores.</param>
    /// <returns>Shape [...].</returns>
    /// <exception cref="ArgumentException">The order is not int64, does not have n places, or does not broadcast.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order holds an index outside 0…n-1.</exception>
    public Tensor CrossEntropy(Tensor order)
    {
        Check.Order(order, engine.Value.Batch, Items, nameof(order));
        return Read(engine => engine.CrossEntropy(order));
    }

    /// <summary>The logarithm of the matrix, exact where the matrix itself underflows.</summary>
    /// <returns>Shape [..., n, n].</returns>
    public Tensor LogMatrix() => Read(engine => engine.LogMatrix());

    /// <summary>The matrix P̂. O(n²) memory: for looking at, or for small n.</summary>
    /// <returns>Shape [..., n, n].</returns>
    public Tensor Matrix() => Read(engine => engine.Matrix());

    /// <summary>The exact permutation closest to this one: the row-wise argmax, ties resolved in input order.</summary>
    /// <remarks><b>Source.</b> Grover et al. 2019, Definition 6: always a permutation.</remarks>
    /// <returns>The item at each place, int64, shape [..., n]; no gradient.</returns>
    public Tensor Order()
    {
        ThrowIfDisposed();
        use.GaveOrder = true;
        using var scope = new CallScope(this);
        return engine.Value.Order().MoveToOuterDisposeScope();
    }

    /// <summary>The same operator with the exact permutation forward and the relaxed gradient backward.</summary>
    /// <remarks>The two share tensors, which the last one disposed releases: it does not need this one to stay undisposed. They stay in the dispose scope that this
    /// one's belong to; moving or detaching either moves both.</remarks>
    /// <returns>An operator whose values are those of <see cref="Order"/> and whose gradients are those of this one.</returns>
    public RelaxedPermutation StraightThrough()
    {
        ThrowIfDisposed();
        use.GaveOrder = true;
        using var scope = new CallScope(this);
        return new RelaxedPermutation(new StraightThroughEngine(engine), ElementType, use);
    }

    /// <summary>Hands the tensors held to the dispose scope around the current one, so that the operator can be returned from a method.</summary>
    /// <returns>This object.</returns>
    public RelaxedPermutation MoveToOuterDisposeScope()
    {
        engine.Value.ForEachTensor(static tensor => tensor.MoveToOuterDisposeScope());
        return this;
    }

    /// <summary>Takes the tensors held out of all dispose scopes: only <see cref="Dispose"/> releases them then.</summary>
    /// <returns>This object.</returns>
    public RelaxedPermutation DetachFromDisposeScope()
    {
        engine.Value.ForEachTensor(static tensor => tensor.DetachFromDisposeScope());
        return this;
    }

    /// <summary>Releases the tensors held. Further calls do nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0) engine.Dispose(); // what is shared with graphs must be released once
    }

    /// <summary>What was asked of the operator and of those made from it.</summary>
    internal PermutationUse Use => use;

    /// <summary>The mean of values [..., n] at a quantile, [...]. Where there is no weight, a value may be anything.</summary>
    internal Tensor MeanAtQuantile(double quantile, Tensor values) => Read(engine => engine.MeanAt(quantile, Within(values)));

    private Tensor Read(Func<PermutationEngine, Tensor> read)
    {
        ThrowIfDisposed();
        use.Acted = true;
        using var scope = new CallScope(this, read); // which holds the arguments
        return read(engine.Value).As(ElementType).MoveToOuterDisposeScope();
    }

    /// <summary>Values in the type that the engine computes in.</summary>
    private Tensor Within(Tensor values) => values.As(engine.Value.ElementType);

    /// <summary>Refuses to act on tensors that are gone: their memory may be another permutation's by now.</summary>
    private void ThrowIfDisposed()
    {
        if (Volatile.Read(ref disposed) != 0 || engine.Value.HasLostTensors) throw new ObjectDisposedException(nameof(RelaxedPermutation),
            "The relaxed permutation was disposed, by Dispose or with its dispose scope; call its members before that.");
    }

    private void CheckValues(Tensor values) => Check.Values(values, engine.Value.Batch, Items, ElementType, Device, nameof(values));
}
