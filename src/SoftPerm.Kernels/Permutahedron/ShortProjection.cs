using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Permutahedron;

/// <summary>Quadratic projections of lists so short that all stretches of a list are looked at: one list a lane, without a branch.</summary>
/// <remarks>
/// With <c>d = z - w</c> by place, a block begins at a place unless the largest mean of d over what begins there exceeds the smallest mean over
/// what ends before it: then pooling neighbours that violate the order (<see cref="Projection{TRegularization}"/>) would have joined them.
/// Spans hold a number a lane for the first place, then for the second, and so on.
/// </remarks>
internal abstract class ShortProjection
{
    /// <summary>The longest list.</summary>
    public const int Longest = 8;

    private static readonly Dictionary<SimdWidth, ShortProjection> Table = new()
    {
        [SimdWidth.Scalar] = new ShortProjection<Simd64, double>(),
        [SimdWidth.Vector128] = new ShortProjection<Simd128, Vector128<double>>(),
        [SimdWidth.Vector256] = new ShortProjection<Simd256, Vector256<double>>(),
        [SimdWidth.Vector512] = new ShortProjection<Simd512, Vector512<double>>(),
    };

    /// <summary>The projections of one width.</summary>
    public static ShortProjection Of(SimdWidth width) => Table[width];

    /// <summary>The lists side by side.</summary>
    public abstract int Lanes { get; }

    /// <summary>Sorts keys and projects.</summary>
    /// <param name="keys">The keys by item; receives the projection by place.</param>
    /// <param name="temperatures">τ of each lane.</param>
    /// <param name="target">What to compute.</param>
    /// <param name="items">Receives the item at each place.</param>
    /// <param name="joins">Receives 1 for each place that belongs to the block of the place before it, else 0.</param>
    public abstract void Forward(Span<double> keys, ReadOnlySpan<double> temperatures, ProjectionTarget target, Span<double> items, Span<double> joins);

    /// <summary>Turns the gradient on the projection, by place, into that on the keys.</summary>
    /// <param name="gradients">The gradients, in place.</param>
    /// <param name="temperatures">τ of each lane.</param>
    /// <param name="target">What was computed.</param>
    /// <param name="joins">What <see cref="Forward"/> left.</param>
    public abstract void Backward(Span<double> gradients, ReadOnlySpan<double> temperatures, ProjectionTarget target, ReadOnlySpan<double> joins);
}

/// <summary>The projections in vectors of some width.</summary>
internal sealed class ShortProjection<TSimd, TVector> : ShortProjection
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const int Whole = 840; // every count up to the longest list divides it: means times this need no division, and equal ones stay equal

    private static TVector Zero => TSimd.Broadcast(0);

    public override int Lanes => TSimd.Lanes;

    [SkipLocalsInit]
    public override void Forward(Span<double> keys, ReadOnlySpan<double> temperatures, ProjectionTarget target, Span<double> items, Span<double> joins)
    {
        Span<double> zSpan = stackalloc double[keys.Length], wSpan = stackalloc double[keys.Length], sizes = stackalloc double[keys.Length];
        ref double z = ref zSpan[0], w = ref wSpan[0], key = ref keys[0], join = ref joins[0];
        var count = keys.Length / TSimd.Lanes;
        Sort(count, ref key, ref items[0]);

        // 1. z and w, the keys counted from the one in the middle, or to sort them from that nearest to 0: it is added again in the end.
        var temperature = TSimd.Load(in temperatures[0], 0);
        var centre = target.IsSort ? NearestToZero(count, in key) : TSimd.Load(in key, At(count / 2));
        for (var place = 0; place < count; place++)
        {
            var depth = TSimd.Subtract(TSimd.Load(in key, At(place)), centre);
            var behind = count - 1 - place;
            TSimd.Store(TSimd.Divide(target.IsSort ? TSimd.Broadcast(behind) : depth, temperature), ref z, At(place));
            TSimd.Store(target.IsSort ? depth : TSimd.Broadcast(target.Anchor(place, behind)), ref w, At(place));
        }

        // 2. The blocks, found in z - w.
        Span<double> tieSpan = stackalloc double[keys.Length];
        ref var tie = ref tieSpan[0];
        var hasTies = !target.IsSort && FindTies(count, in key, ref tie);
        for (var place = 0; place < count; place++)
            TSimd.Store(TSimd.Subtract(TSimd.Load(in z, At(place)), TSimd.Load(in w, At(place))), ref key, At(place));
        Join(count, in key, ref join);
        if (hasTies) JoinTies(count, target, in tie, ref join);

        // 3. z - mean z + mean w over each block, z counted from the block's first; the mean of a block of one is what it holds.
        var first = Zero;
        for (var place = 0; place < count; place++)
        {
            first = TSimd.WhereGreater(TSimd.Load(in join, At(place)), Zero, first, TSimd.Load(in z, At(place)));
            var step = TSimd.Subtract(TSimd.Load(in z, At(place)), first);
            TSimd.Store(step, ref z, At(place));
            TSimd.Store(TSimd.Subtract(TSimd.Load(in w, At(place)), step), ref key, At(place));
        }

        SetMeans(count, ref key, in join, ref sizes[0]);
        var offset = target.IsSort ? centre : Zero;
        for (var place = 0; place < count; place++)
        {
            var projected = TSimd.Add(TSimd.Load(in z, At(place)), TSimd.Load(in key, At(place)));
            TSimd.Store(TSimd.Add(projected, offset), ref key, At(place));
        }
    }

    [SkipLocalsInit]
    public override void Backward(Span<double> gradients, ReadOnlySpan<double> temperatures, ProjectionTarget target, ReadOnlySpan<double> joins)
    {
        Span<double> meanSpan = stackalloc double[gradients.Length], sizes = stackalloc double[gradients.Length];
        gradients.CopyTo(meanSpan);
        ref double gradient = ref gradients[0], mean = ref meanSpan[0];
        var count = gradients.Length / TSimd.Lanes;
        SetMeans(count, ref mean, in joins[0], ref sizes[0]);
        if (target.IsSort)
        {
            meanSpan.CopyTo(gradients);
            return;
        }

        // y of a block of one is w, which does not move: no gradient, whatever comes from above.
        var temperature = TSimd.Load(in temperatures[0], 0);
        for (var place = 0; place < count; place++)
        {
            TVector join = TSimd.Load(in joins[0], At(place)), next = place + 1 < count ? TSimd.Load(in joins[0], At(place + 1)) : Zero;
            var inner = TSimd.Subtract(TSimd.Load(in gradient, At(place)), TSimd.Load(in mean, At(place)));
            TSimd.Store(TSimd.WhereGreater(TSimd.Add(join, next), Zero, TSimd.Divide(inner, temperature), Zero), ref gradient, At(place));
        }
    }

    /// <summary>Sorts keys, largest first, equal ones by item.</summary>
    private static void Sort(int count, ref double keys, ref double items)
    {
        for (var item = 0; item < count; item++)
        {
            TVector key = TSimd.Load(in keys, At(item)), index = TSimd.Broadcast(item);
            // Up from the last place: the new key passes smaller ones; where one is not smaller, that is carried on, and stays.
            for (var place = item; place > 0; place--)
            {
                TVector other = TSimd.Load(in keys, At(place - 1)), otherIndex = TSimd.Load(in items, At(place - 1));
                TSimd.Store(TSimd.WhereGreater(key, other, other, key), ref keys, At(place));
                TSimd.Store(TSimd.WhereGreater(key, other, otherIndex, index), ref items, At(place));
                (key, index) = (TSimd.WhereGreater(key, other, key, other), TSimd.WhereGreater(key, other, index, otherIndex));
            }

            TSimd.Store(key, ref keys, 0);
            TSimd.Store(index, ref items, 0);
        }
    }

    private static TVector NearestToZero(int count, ref readonly double keys)
    {
        TVector nearest = TSimd.Load(in keys, 0), distance = Distance(nearest);
        for (var place = 1; place < count; place++)
        {
            TVector key = TSimd.Load(in keys, At(place)), other = Distance(key);
            (nearest, distance) = (TSimd.WhereGreater(distance, other, key, nearest), TSimd.WhereGreater(distance, other, other, distance));
        }

        return nearest;
    }

    private static TVector Distance(TVector number) => TSimd.Max(number, TSimd.Subtract(Zero, number));

    private static void Join(int count, ref readonly double differences, ref double joins)
    {
        TSimd.Store(Zero, ref joins, 0);
        for (var place = 1; place < count; place++)
        {
            TVector sum = TSimd.Load(in differences, At(place)), largest = TSimd.Multiply(sum, TSimd.Broadcast(Whole));
            for (var last = place + 1; last < count; last++)
            {
                sum = TSimd.Add(sum, TSimd.Load(in differences, At(last)));
                largest = TSimd.Max(largest, TSimd.Multiply(sum, TSimd.Broadcast(Whole / (last - place + 1))));
            }

            sum = TSimd.Load(in differences, At(place - 1));
            var smallest = TSimd.Multiply(sum, TSimd.Broadcast(Whole));
            for (var first = place - 2; first >= 0; first--)
            {
                sum = TSimd.Add(sum, TSimd.Load(in differences, At(first)));
                var mean = TSimd.Multiply(sum, TSimd.Broadcast(Whole / (place - first)));
                smallest = TSimd.WhereGreater(smallest, mean, mean, smallest);
            }

            TSimd.Store(TSimd.WhereGreater(largest, smallest, TSimd.Broadcast(1), Zero), ref joins, At(place));
        }
    }

    /// <summary>1 for each place whose key equals that of the place before it, else 0.</summary>
    /// <returns>Whether there are any.</returns>
    private static bool FindTies(int count, ref readonly double keys, ref double ties)
    {
        var any = Zero;
        TSimd.Store(Zero, ref ties, 0);
        for (var place = 1; place < count; place++)
        {
            var tied = TSimd.WhereGreater(TSimd.Load(in keys, At(place - 1)), TSimd.Load(in keys, At(place)), Zero, TSimd.Broadcast(1));
            TSimd.Store(tied, ref ties, At(place));
            any = TSimd.Max(any, tied);
        }

        Span<double> lanes = stackalloc double[TSimd.Lanes];
        TSimd.Store(any, ref lanes[0], 0);
        return lanes.ContainsAnyExcept(0);
    }

    /// <summary>Joins equal keys: where w falls between them, or one of them is in a block with others (<see cref="Projection{TRegularization}.JoinEqual"/>).</summary>
    private static void JoinTies(int count, ProjectionTarget target, ref readonly double ties, ref double joins)
    {
        for (var place = 1; place < count; place++)
            if (target.Anchor(place - 1, count - place) != target.Anchor(place, count - 1 - place))
                TSimd.Store(TSimd.Max(TSimd.Load(in ties, At(place)), TSimd.Load(in joins, At(place))), ref joins, At(place));
        if (target.Chosen == 0) return; // w falls everywhere
        for (var place = 1; place < count; place++) JoinTie(place, count, in ties, ref joins);
        for (var place = count - 1; place > 0; place--) JoinTie(place, count, in ties, ref joins);
    }

    private static void JoinTie(int place, int count, ref readonly double ties, ref double joins)
    {
        TVector before = TSimd.Load(in joins, At(place - 1)), behind = place + 1 < count ? TSimd.Load(in joins, At(place + 1)) : Zero;
        var tied = TSimd.Multiply(TSimd.Load(in ties, At(place)), TSimd.Max(before, behind));
        TSimd.Store(TSimd.Max(TSimd.Load(in joins, At(place)), tied), ref joins, At(place));
    }

    /// <summary>Replaces numbers by the means of their blocks.</summary>
    private static void SetMeans(int count, ref double numbers, ref readonly double joins, ref double sizes)
    {
        // 1. Sums from the first of each block on.
        TVector sum = Zero, size = Zero;
        for (var place = 0; place < count; place++)
        {
            var join = TSimd.Load(in joins, At(place));
            sum = TSimd.Add(TSimd.Load(in numbers, At(place)), TSimd.WhereGreater(join, Zero, sum, Zero));
            size = TSimd.Add(TSimd.Broadcast(1), TSimd.Multiply(join, size));
            TSimd.Store(sum, ref numbers, At(place));
            TSimd.Store(size, ref sizes, At(place));
        }

        // 2. From the last on, that of the whole block.
        var isJoined = Zero;
        var mean = Zero;
        for (var place = count - 1; place >= 0; place--)
        {
            mean = TSimd.WhereGreater(isJoined, Zero, mean, TSimd.Divide(TSimd.Load(in numbers, At(place)), TSimd.Load(in sizes, At(place))));
            TSimd.Store(mean, ref numbers, At(place));
            isJoined = TSimd.Load(in joins, At(place));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint At(int place) => (nint)place * TSimd.Lanes;
}
