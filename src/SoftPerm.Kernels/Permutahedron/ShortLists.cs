using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.Permutahedron;

/// <summary>Quadratic projections of a batch of short lists whose items are all there, with scores that are numbers.</summary>
internal sealed class ShortLists<T> : PermutahedronOperators<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double Bound = 1e30; // sums of such scores over τ stay far from overflow
    private const long SmallWork = 1 << 12; // items: waking a thread costs microseconds

    private readonly ScoreBatch<T> batch;
    private readonly ProjectionTarget target;
    private readonly int threads;
    private readonly ShortProjection projection;
    private readonly int lanes;
    private readonly double sign;
    private readonly ScratchArray<double> temperatures, items, joins;

    /// <param name="batch">The lists, such as <see cref="Accepts"/> takes; their scores are not read for the gradient.</param>
    /// <param name="target">What to compute.</param>
    /// <param name="width">The vectors to use.</param>
    /// <param name="threads">How many threads may work.</param>
    public ShortLists(ScoreBatch<T> batch, ProjectionTarget target, SimdWidth width, int threads)
    {
        (this.batch, this.target, this.threads, projection) = (batch, target, threads, ShortProjection.Of(width));
        lanes = projection.Lanes;
        sign = batch.Descending ? 1 : -1;
        var lists = (long)Groups * lanes;
        temperatures = new ScratchArray<double>(lists);
        batch.Temperatures.Span(0, batch.Lists).CopyTo(temperatures.Span);
        temperatures.Span[batch.Lists..].Fill(1);
        items = new ScratchArray<double>(lists * batch.Items);
        joins = new ScratchArray<double>(lists * batch.Items);
    }

    private int Groups => (batch.Lists + lanes - 1) / lanes;

    private int GroupSize => lanes * batch.Items;

    /// <summary>Whether a batch can be treated so.</summary>
    public static bool Accepts(ScoreBatch<T> batch) => batch.Items is > 0 and <= ShortProjection.Longest && batch.IsWithin(Bound);

    public override void Forward(ItemMatrix<T> result) => Run((Self: this, result), static (job, group) => job.Self.Forward(group, job.result));

    public override void Backward(ItemMatrix<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        if (!temperatureGradient.IsEmpty) throw new InvalidOperationException("Short lists have no gradient of the temperature.");
        if (!scoreGradient.IsWanted) return;
        Run((Self: this, upstream, scoreGradient), static (job, group) => job.Self.Backward(group, job.upstream, job.scoreGradient));
    }

    public override void Dispose()
    {
        temperatures.Dispose();
        items.Dispose();
        joins.Dispose();
    }

    [SkipLocalsInit]
    private void Forward(int group, ItemMatrix<T> result)
    {
        Span<double> keys = stackalloc double[GroupSize];
        var order = Part(items, group);
        Load(keys, Part(batch.Scores, group), []);
        projection.Forward(keys, Temperatures(group), target, order, Part(joins, group));
        Store(keys, Part(result.Data, group), target.IsSort ? [] : order, target.IsSort ? sign : 1);
    }

    [SkipLocalsInit]
    private void Backward(int group, ItemMatrix<T> upstream, ItemMatrix<T> scoreGradient)
    {
        Span<double> gradients = stackalloc double[GroupSize];
        var order = Part(items, group);
        Load(gradients, Part(upstream.Data, group), target.IsSort ? [] : order);
        projection.Backward(gradients, Temperatures(group), target, Part(joins, group));
        Store(gradients, Part(scoreGradient.Data, group), order, target.IsSort ? sign : 1); // by sorting, keys and result have one sign
    }

    /// <summary>Takes numbers of a group's lists, by place or from the item that an order has there, times the sign.</summary>
    private void Load(Span<double> numbers, ReadOnlySpan<T> source, ReadOnlySpan<double> order)
    {
        // Every index below is under that of a span checked by Part, but for those that an order holds: they are under the items.
        ref var to = ref MemoryMarshal.GetReference(numbers);
        ref var indices = ref MemoryMarshal.GetReference(order);
        var isOrdered = !order.IsEmpty;
        var (width, length, factor) = (lanes, batch.Items, sign);
        for (int first = 0, lane = 0; first < source.Length; first += length, lane++)
        {
            ref var list = ref Unsafe.Add(ref MemoryMarshal.GetReference(source), first);
            for (int place = 0, at = lane; place < length; place++, at += width)
                Unsafe.Add(ref to, at) = double.CreateTruncating(Unsafe.Add(ref list, isOrdered ? (int)Unsafe.Add(ref indices, at) : place)) * factor;
        }
    }

    /// <summary>Brings numbers by place to a group's lists, by place or to the item that an order has there, times a factor.</summary>
    private void Store(ReadOnlySpan<double> numbers, Span<T> result, ReadOnlySpan<double> order, double factor)
    {
        ref var from = ref MemoryMarshal.GetReference(numbers);
        ref var indices = ref MemoryMarshal.GetReference(order);
        var isOrdered = !order.IsEmpty;
        var (width, length) = (lanes, batch.Items);
        for (int first = 0, lane = 0; first < result.Length; first += length, lane++)
        {
            ref var list = ref Unsafe.Add(ref MemoryMarshal.GetReference(result), first);
            for (int place = 0, at = lane; place < length; place++, at += width)
                Unsafe.Add(ref list, isOrdered ? (int)Unsafe.Add(ref indices, at) : place) = T.CreateTruncating(Unsafe.Add(ref from, at) * factor);
        }
    }

    private void Run<TState>(TState state, Action<TState, int> action)
    {
        var pieces = (long)batch.Lists * batch.Items < SmallWork ? 1 : Math.Min(Groups, 2 * threads);
        Workers.RunRanges(Groups, pieces, threads, (state, action), static (job, first, end) =>
        {
            for (var group = first; group < end; group++) job.action(job.state, group);
        });
    }

    /// <summary>A group's lists in memory of the caller's.</summary>
    private Span<T> Part(Buffer<T> all, int group)
    {
        var first = group * lanes;
        return all.Span((long)first * batch.Items, Math.Min(lanes, batch.Lists - first) * batch.Items);
    }

    private Span<double> Part(ScratchArray<double> all, int group) => all.Array.AsSpan(group * GroupSize, GroupSize);

    private ReadOnlySpan<double> Temperatures(int group) => temperatures.Array.AsSpan(group * lanes, lanes);
}
