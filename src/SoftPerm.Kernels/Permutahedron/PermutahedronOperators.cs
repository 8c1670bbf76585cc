using System.Numerics;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.Permutahedron;

/// <summary>Soft ranks, a soft choice of k, or softly sorted scores of a batch, by projection onto a permutahedron.</summary>
/// <remarks>
/// With y = P(z, w) the projection of z onto the permutahedron of w, the keys sorted largest first, and m items: ranks are
/// P(keys / τ, (m-1 … 0)), the choice P(keys / τ, (1 … 1, 0 … 0)), and the sorted keys P((m-1 … 0) / τ, keys).
/// </remarks>
internal abstract class PermutahedronOperators<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Computes the result: by item, but for sorted keys, which are by place.</summary>
    public abstract void Forward(ItemMatrix<T> result);

    /// <summary>Computes the gradients, given that on the result.</summary>
    /// <param name="upstream">The gradient on the result.</param>
    /// <param name="scoreGradient">Receives the gradient of the scores, zero before; may be empty.</param>
    /// <param name="temperatureGradient">Receives that of each temperature, added; may be empty.</param>
    public abstract void Backward(ItemMatrix<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient);

    /// <summary>Makes the operators of a batch.</summary>
    /// <param name="batch">The scores; they are not read for gradients.</param>
    /// <param name="target">What to compute.</param>
    /// <param name="isEntropic">Whether projections are entropic instead of quadratic.</param>
    /// <param name="learnsTemperature">Whether the gradient of temperatures may be asked for.</param>
    /// <param name="threads">How many threads may work.</param>
    public static PermutahedronOperators<T> Of(ScoreBatch<T> batch, ProjectionTarget target, bool isEntropic, bool learnsTemperature, int threads) =>
        isEntropic ? new Operators<Entropic>(batch, target, threads)
        : !learnsTemperature && SimdWidths.InUse != SimdWidth.Scalar && ShortLists<T>.Accepts(batch) ? new ShortLists<T>(batch, target, SimdWidths.InUse, threads)
        : new Operators<Quadratic>(batch, target, threads);

    /// <summary>Makes those that do for any batch.</summary>
    internal static PermutahedronOperators<T> OfAny(ScoreBatch<T> batch, ProjectionTarget target, int threads) => new Operators<Quadratic>(batch, target, threads);

    public abstract void Dispose();

    private sealed class Operators<TRegularization>(ScoreBatch<T> batch, ProjectionTarget target, int threads) : PermutahedronOperators<T>
        where TRegularization : struct, IRegularization
    {
        private const double Farthest = SortedItems.WidestGap; // of which many have a sum

        private readonly SortedItems sorted = SortedItems.Of(
            batch.Scores, batch.Present, batch.Temperatures.Span(0, batch.Lists), batch.Items, batch.Descending, threads, keepScores: true);
        private readonly ScratchArray<int> blocks = new((long)batch.Lists * batch.Items);
        private readonly ProjectionTarget target = target;

        public override void Forward(ItemMatrix<T> result) =>
            SequenceWork.Run(sorted, threads, 5L * sorted.Items, (Self: this, result), static (job, sequence, memory) =>
                job.Self.Forward(new PlaceColumns(job.Self.sorted, sequence, memory), job.result));

        public override void Backward(ItemMatrix<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
            SequenceWork.Run(sorted, threads, 4L * sorted.Items, (Self: this, upstream, scoreGradient, temperatureGradient), static (job, sequence, memory) =>
                job.Self.Backward(new PlaceColumns(job.Self.sorted, sequence, memory), job.upstream, job.scoreGradient, job.temperatureGradient));

        public override void Dispose()
        {
            blocks.Dispose();
            sorted.Dispose();
        }

        /// <summary>The place behind each block's last, at its first: what <see cref="Forward(ItemMatrix{T})"/> leaves to the gradient.</summary>
        private Span<int> Ends(PlaceColumns places) => blocks.Array.AsSpan(places.Sequence * sorted.Items, places.Count);

        private void Forward(PlaceColumns places, ItemMatrix<T> result)
        {
            Span<double> z = places[0], w = places[1];
            var ends = Ends(places);
            var offset = Load(places, z, w);
            Projection<TRegularization>.Pool(z, w, ends, places.Behind(2));
            if (!target.IsSort) Projection<TRegularization>.JoinEqual(sorted.Keys(places.Sequence), w, ends);
            for (int first = 0, end; first < z.Length; first = end)
            {
                end = ends[first];
                if (end == first + 1) z[first] = w[first];
                else SetBlock(z[first..end], w[first..end]);
            }

            Store(places, z, offset, result);
        }

        /// <summary>Turns z into z - mean z + mean w, counted from the first z, so that far-off blocks lose no digits.</summary>
        private static void SetBlock(Span<double> z, ReadOnlySpan<double> w)
        {
            var origin = z[0];
            for (var i = 0; i < z.Length; i++) z[i] -= origin;
            var shift = Projection<TRegularization>.Mean(w) - Projection<TRegularization>.Mean(z);
            for (var i = 0; i < z.Length; i++) z[i] += shift;
        }

        private void Backward(PlaceColumns places, ItemMatrix<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
        {
            Span<double> z = places[0], w = places[1], g = places[2];
            var ends = Ends(places);
            var wantsTemperature = !temperatureGradient.IsEmpty;
            if (wantsTemperature || !TRegularization.HasEqualWeights) Load(places, z, w);
            LoadUpstream(places, upstream, g);
            double slope = 0;
            if (target.IsSort)
            {
                if (wantsTemperature)
                {
                    var inner = places[3];
                    g.CopyTo(inner);
                    ToInner(z, inner, ends);
                    slope = Slope(z, inner, ends);
                }

                ToOuter(w, g, ends);
            }
            else
            {
                ToInner(z, g, ends);
                if (wantsTemperature) slope = Slope(z, g, ends);
            }

            var temperature = sorted.Temperature(places.Sequence);
            var shape = sorted.Shape(places.Sequence);
            var isUnsettled = target.IsSort ? shape.HasNaN : shape.HasUnsettled(0, shape.Present);
            if (wantsTemperature) temperatureGradient[places.Sequence] -= slope / temperature;
            if (scoreGradient.IsWanted) AddScoreGradient(places, g, target.IsSort ? sorted.Sign : sorted.Sign / temperature, scoreGradient);
            if (isUnsettled) sorted.Spoil(places.Sequence, scoreGradient, temperatureGradient);
        }

        /// <summary>Turns the gradient on y into that on z.</summary>
        private static void ToInner(ReadOnlySpan<double> z, Span<double> g, ReadOnlySpan<int> ends)
        {
            for (int first = 0, end; first < g.Length; first = end)
            {
                end = ends[first];
                if (end == first + 1)
                {
                    g[first] = 0; // y is w there, which does not move
                    continue;
                }

                var mean = Mean(g[first..end]);
                var meanZ = WeightMean(z[first..end]);
                for (var i = first; i < end; i++) g[i] -= mean * TRegularization.Weight(z[i], meanZ);
            }
        }

        /// <summary>Turns the gradient on y into that on w.</summary>
        private static void ToOuter(ReadOnlySpan<double> w, Span<double> g, ReadOnlySpan<int> ends)
        {
            for (int first = 0, end; first < g.Length; first = end)
            {
                end = ends[first];
                if (end == first + 1) continue;
                var mean = Mean(g[first..end]);
                var meanW = WeightMean(w[first..end]);
                for (var i = first; i < end; i++) g[i] = mean * TRegularization.Weight(w[i], meanW);
            }
        }

        /// <summary>Σ dz·z, which is -τ dτ where z is over τ; dz adds to zero over a block, so that z counts from the block's first.</summary>
        private static double Slope(ReadOnlySpan<double> z, ReadOnlySpan<double> dz, ReadOnlySpan<int> ends)
        {
            double slope = 0;
            for (int first = 0, end; first < z.Length; first = end)
            {
                end = ends[first];
                for (var i = first; i < end; i++) slope += dz[i] * (z[i] - z[first]);
            }

            return slope;
        }

        private static double Mean(ReadOnlySpan<double> numbers)
        {
            double sum = 0;
            foreach (var number in numbers) sum += number;
            return sum / numbers.Length;
        }

        private static double WeightMean(ReadOnlySpan<double> block) => TRegularization.HasEqualWeights ? 0 : Projection<TRegularization>.Mean(block);

        /// <summary>Fills z and w, the keys counted from one of them, unless that overflows.</summary>
        /// <returns>What that is.</returns>
        private double Load(PlaceColumns places, Span<double> z, Span<double> w)
        {
            if (z.IsEmpty) return 0;
            var keys = sorted.Keys(places.Sequence);
            var temperature = sorted.Temperature(places.Sequence);
            var last = sorted.Shape(places.Sequence).Present - 1 - places.First;
            var canOverflow = !double.IsFinite(keys[0] - keys[^1]); // beyond the largest number lies none
            if (target.IsSort)
            {
                // Counted from the key nearest to 0, to which each is added again without losing a digit of its own.
                var nearest = canOverflow ? 0 : Nearest(keys);
                for (var i = 0; i < keys.Length; i++) (z[i], w[i]) = ((last - i) / temperature, keys[i] - nearest);
                return nearest;
            }

            var centre = canOverflow ? 0 : keys[keys.Length / 2];
            for (var i = 0; i < keys.Length; i++) (z[i], w[i]) = ((keys[i] - centre) / temperature, target.Anchor(places.First + i, last - i));
            if (z[0] > Farthest || z[^1] < -Farthest) // the differences of infinite ones would be none
                for (var i = 0; i < z.Length; i++) z[i] = Math.Clamp(z[i], -Farthest, Farthest);
            return centre;
        }

        private static double Nearest(ReadOnlySpan<double> keys)
        {
            var nearest = keys[0];
            foreach (var key in keys)
                if (Math.Abs(key) < Math.Abs(nearest)) nearest = key;
            return nearest;
        }

        private void Store(PlaceColumns places, ReadOnlySpan<double> y, double offset, ItemMatrix<T> result)
        {
            if (target.IsSort) StoreByPlace(places, y, offset, result);
            else places.StoreItems(y, result, 0);
            var shape = sorted.Shape(places.Sequence);
            if (shape.Finite == sorted.Items) return;
            var order = sorted.Order(places.Sequence);
            var column = result.Column(places.Sequence, 1, 0);
            for (var place = 0; place < order.Length; place++)
            {
                if (place >= shape.First && place < shape.End) continue;
                ref var entry = ref column[target.IsSort ? place : order[place]];
                if (place >= shape.Present) entry = T.Zero;
                else entry = shape.HasNaN ? T.NaN : T.CreateTruncating(Edge(shape, place));
            }
        }

        private void StoreByPlace(PlaceColumns places, ReadOnlySpan<double> y, double offset, ItemMatrix<T> result)
        {
            var sign = sorted.Sign;
            var column = result.Column(places.Sequence, 1, 0);
            for (var i = 0; i < y.Length; i++) column[places.First + i] = T.CreateTruncating((y[i] + offset) * sign);
        }

        // An infinite key is where it is however many there are, but which of several is which has no limit.
        private double Edge(SequenceShape shape, int place)
        {
            if (target.IsSort) return (place < shape.First ? double.PositiveInfinity : double.NegativeInfinity) * sorted.Sign;
            return shape.IsSettled(place) ? target.Anchor(place, shape.Present - 1 - place) : double.NaN;
        }

        private void LoadUpstream(PlaceColumns places, ItemMatrix<T> upstream, Span<double> g)
        {
            if (target.IsSort)
            {
                var column = upstream.Column(places.Sequence, 1, 0);
                for (var i = 0; i < g.Length; i++) g[i] = double.CreateTruncating(column[places.First + i]) * sorted.Sign;
            }
            else
            {
                var items = places.Items;
                var column = upstream.Column(places.Sequence, 1, 0);
                for (var i = 0; i < g.Length; i++) g[i] = double.CreateTruncating(column[items[i]]);
            }
        }

        private static void AddScoreGradient(PlaceColumns places, ReadOnlySpan<double> gradients, double factor, ItemMatrix<T> scoreGradient)
        {
            var items = places.Items;
            var column = scoreGradient.Column(places.Sequence, 1, 0);
            for (var i = 0; i < items.Length; i++) column[items[i]] += T.CreateTruncating(gradients[i] * factor);
        }
    }
}

/// <summary>A batch of lists of scores.</summary>
/// <param name="Scores">The scores, list after list.</param>
/// <param name="Present">Whether each item is there; empty if all are.</param>
/// <param name="Temperatures">τ of each list.</param>
/// <param name="Items">n.</param>
/// <param name="Descending">Whether the largest score comes first.</param>
internal readonly record struct ScoreBatch<T>(Buffer<T> Scores, Buffer<bool> Present, Buffer<double> Temperatures, int Items, bool Descending)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The number of lists.</summary>
    public int Lists => (int)Temperatures.Length;

    /// <summary>Whether all items are there and fit into an array, no score is larger in size than a bound or NaN, and no temperature below
    /// its inverse.</summary>
    public bool IsWithin(double bound)
    {
        if (!Present.IsEmpty || Scores.Length > Array.MaxLength) return false;
        foreach (var temperature in Temperatures.Span(0, Lists))
            if (!(temperature * bound >= 1)) return false;
        var scores = Scores.Span(0, (int)Scores.Length);
        var largest = T.CreateTruncating(bound);
        var next = 0;
        for (; next <= scores.Length - Vector<T>.Count; next += Vector<T>.Count)
            if (!Vector.LessThanOrEqualAll(Vector.Abs(new Vector<T>(scores[next..])), new Vector<T>(largest))) return false;
        for (; next < scores.Length; next++)
            if (!(T.Abs(scores[next]) <= largest)) return false;
        return true;
    }
}
