using System.Numerics;
using System.Runtime.InteropServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.SoftSort;

/// <summary>SoftSort: <c>P[i,m] = K(t[i] - t[m]) / Z[i]</c>, t the scores in order over τ and Z the row's total.</summary>
/// <remarks>
/// <para>K is even, so that all operators and gradients are the same sums: with W = X / Z by place, P X = K X / Z and Pᵀ X = K W.</para>
/// <para>The gradient on t of Σ_i g[i]·y[i], where y = P x and w = g / Z: row i gives <c>-w[i]·(D x[i] - y[i] D 1[i])</c> to t[i], its
/// columns <c>-(x[m]·D w[m] - D (w·y)[m])</c> to t[m], where D sums with the slope of K in its place.</para>
/// <para>Equal scores share what their rows give them: w is their mean, so that which of them has which place does not matter. No sum
/// changes by it, as K does not tell them apart.</para>
/// </remarks>
internal sealed class SoftSortOperators<T> : SortOperators<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const long None = 0; // the bits of a gap of 0

    // Scratch columns: x, w, their sums and slopes, the slopes of 1, Σ_c w·y, the gradient on t.
    private const int X = 0, Sums = 1, W = 2, WeightSums = 3, Slopes = 4, WeightSlopes = 5, OneSlopes = 6, Products = 7, Gradient = 8, All = 9;

    private readonly SortedItems sorted;
    private readonly DistanceSums kernel;
    private readonly int threads;
    private readonly ScratchArray<double> totals;

    /// <summary>Sums the rows of a batch.</summary>
    /// <param name="kernel">K; belongs to this object from here on, its sorted items do not.</param>
    /// <param name="threads">How many threads may work.</param>
    public SoftSortOperators(DistanceSums kernel, int threads)
    {
        (sorted, this.kernel, this.threads) = (kernel.Sorted, kernel, threads);
        totals = new ScratchArray<double>((long)sorted.Sequences * sorted.Items);
        ForEachSequence(1, this, static (self, places) =>
        {
            places[X].Fill(1);
            self.Sum(places, X, self.Totals(places), default, 1);
        });
    }

    public override void Apply(ItemMatrix<T> values, ItemMatrix<T> result) => ForEachSequence(2, (Self: this, values, result), static (job, places) =>
    {
        for (var c = 0; c < job.values.Columns; c++)
        {
            var centre = places.LoadItems(job.values, c, places[X]);
            job.Self.Sum(places, X, places[Sums], default, 2);
            job.Self.DivideByTotals(places, places[Sums]);
            places.StorePlaces(places[Sums], centre, job.result, c);
        }

        job.Self.sorted.StoreEdges(places.Sequence, 0, job.Self.sorted.Items, job.values, job.result);
    });

    public override void ApplyGradient(
        ItemMatrix<T> values, ItemMatrix<T> upstream, ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        if (valueGradient.IsWanted) valueGradient.Clear();
        ForEachSequence(All, (Self: this, values, upstream, valueGradient, scoreGradient, temperatureGradient), static (job, places) =>
        {
            job.Self.BeginGradient(places);
            for (var c = 0; c < job.values.Columns; c++)
            {
                places.LoadItems(job.values, c, places[X]);
                places.LoadPlaces(job.upstream, c, places[W]);
                job.Self.AddColumn(places);
                if (job.valueGradient.IsWanted) places.StoreItems(places[WeightSums], job.valueGradient, c);
            }

            if (job.valueGradient.IsWanted) job.Self.sorted.StoreTransposedEdges(places.Sequence, 0, job.Self.sorted.Items, job.upstream, job.valueGradient);
            job.Self.EndGradient(places, job.scoreGradient, job.temperatureGradient);
        });
    }

    public override void ApplyTranspose(ItemMatrix<T> values, ItemMatrix<T> result)
    {
        result.Clear();
        ForEachSequence(2, (Self: this, values, result), static (job, places) =>
        {
            for (var c = 0; c < job.values.Columns; c++)
            {
                places.LoadPlaces(job.values, c, places[X]);
                job.Self.DivideByTotals(places, places[X]);
                job.Self.Sum(places, X, places[Sums], default, 2);
                places.StoreItems(places[Sums], job.result, c);
            }

            job.Self.sorted.StoreTransposedEdges(places.Sequence, 0, job.Self.sorted.Items, job.values, job.result);
        });
    }

    public override void ApplyTransposeGradient(
        ItemMatrix<T> values, ItemMatrix<T> upstream, ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
        ForEachSequence(All, (Self: this, values, upstream, valueGradient, scoreGradient, temperatureGradient), static (job, places) =>
        {
            job.Self.BeginGradient(places);
            for (var c = 0; c < job.values.Columns; c++)
            {
                var centre = places.LoadItems(job.upstream, c, places[X]);
                places.LoadPlaces(job.values, c, places[W]);
                job.Self.AddColumn(places);
                if (job.valueGradient.IsWanted) places.StorePlaces(places[Sums], centre, job.valueGradient, c);
            }

            if (job.valueGradient.IsWanted) job.Self.sorted.StoreEdges(places.Sequence, 0, job.Self.sorted.Items, job.upstream, job.valueGradient);
            job.Self.EndGradient(places, job.scoreGradient, job.temperatureGradient);
        });

    public override void CrossEntropy(Buffer<long> order, Buffer<T> result) =>
        ForEachSequence(1, (Self: this, order, result), static (job, places) =>
            job.result[places.Sequence] = T.CreateTruncating(job.Self.CrossEntropy(places, job.order)));

    public override void CrossEntropyGradient(
        Buffer<long> order, Buffer<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
        ForEachSequence(All, (Self: this, order, upstream, scoreGradient, temperatureGradient), static (job, places) =>
        {
            var (self, kernel, sorted) = (job.Self, job.Self.kernel, job.Self.sorted);
            var weight = double.CreateTruncating(job.upstream[places.Sequence]) / Math.Max(1, sorted.Shape(places.Sequence).Present);
            // ln Z: rows and columns of the value 1, whose mixtures count as 0.
            self.BeginGradient(places);
            places[W].Fill(weight);
            self.DivideByTotals(places, places[W]);
            self.Sum(places, W, places[WeightSums], places[WeightSlopes], All);
            var gradient = places[Gradient];
            for (var i = 0; i < gradient.Length; i++) gradient[i] -= places[W][i] * places[OneSlopes][i] + places[WeightSlopes][i];
            // The distance of each place to the item wanted there.
            using var ranks = sorted.Ranks(places.Sequence);
            var depths = places[X];
            sorted.SetDepths(places.Sequence, depths);
            var hasEquals = self.HasEquals(places);
            var own = hasEquals ? places[Slopes] : gradient; // what goes to the scores at their places
            if (hasEquals) own.Clear();
            var wanted = job.order.Span((long)places.Sequence * sorted.Items + places.First, places.Count);
            for (var i = 0; i < wanted.Length; i++)
            {
                var column = ranks.Array[wanted[i]] - places.First;
                if (column < 0 || column >= places.Count) continue;
                var slope = weight * kernel.Slope(depths[column] - depths[i]);
                own[i] += slope;
                gradient[column] -= slope;
            }

            if (hasEquals)
            {
                self.ShareBetweenEquals(places, own);
                for (var i = 0; i < gradient.Length; i++) gradient[i] += own[i];
            }

            places.AddGradient(gradient, depths, job.scoreGradient, job.temperatureGradient);
        });

    public override void Dispose()
    {
        totals.Dispose();
        kernel.Dispose();
    }

    private delegate void SequenceAction<TState>(TState state, PlaceColumns places);

    private void ForEachSequence<TState>(int columns, TState state, SequenceAction<TState> action) =>
        SequenceWork.Run(sorted, threads, (long)columns * sorted.Items + kernel.Scratch, (Self: this, state, action), static (job, sequence, memory) =>
            job.action(job.state, new PlaceColumns(job.Self.sorted, sequence, memory)));

    private Span<double> Totals(PlaceColumns places) => totals.Array.AsSpan(places.Sequence * sorted.Items, places.Count);

    private void Sum(PlaceColumns places, int column, Span<double> sums, Span<double> slopes, int columnsInUse) =>
        kernel.Sum(places.Sequence, places[column], sums, slopes, places.Behind(columnsInUse));

    private void DivideByTotals(PlaceColumns places, Span<double> column)
    {
        var rows = Totals(places);
        for (var i = 0; i < column.Length; i++) column[i] /= rows[i];
    }

    /// <summary>Sets what belongs to the places of equal scores to its mean.</summary>
    private void ShareBetweenEquals(PlaceColumns places, Span<double> column)
    {
        var gaps = InnerGaps(places);
        var first = gaps.IndexOf(None);
        while (first >= 0)
        {
            var last = first + 1;
            while (last < gaps.Length && gaps[last] == None) last++;
            ShareEqually(column[first..(last + 1)]);
            var next = gaps[last..].IndexOf(None);
            first = next < 0 ? next : last + next;
        }
    }

    private bool HasEquals(PlaceColumns places) => InnerGaps(places).Contains(None);

    /// <summary>The bits of the gaps, which are not negative: whole numbers are searched many at a time.</summary>
    private ReadOnlySpan<long> InnerGaps(PlaceColumns places) =>
        MemoryMarshal.Cast<double, long>(sorted.Gaps.AsSpan(sorted.GapStart(places.Sequence), Math.Max(0, places.Count - 1)));

    private static void ShareEqually(Span<double> column)
    {
        double sum = 0;
        foreach (var part in column) sum += part / column.Length;
        column.Fill(sum);
    }

    private void BeginGradient(PlaceColumns places)
    {
        places[X].Fill(1);
        Sum(places, X, places[Sums], places[OneSlopes], All);
        places[Products].Clear();
        places[Gradient].Clear();
    }

    /// <summary>Turns x and g into the mixtures P x, in the place of the sums of x, and the sums of w, and adds to the gradient.</summary>
    private void AddColumn(PlaceColumns places)
    {
        DivideByTotals(places, places[W]);
        ShareBetweenEquals(places, places[W]);
        Sum(places, X, places[Sums], places[Slopes], All);
        DivideByTotals(places, places[Sums]);
        Sum(places, W, places[WeightSums], places[WeightSlopes], All);
        Span<double> x = places[X], w = places[W], y = places[Sums], slopes = places[Slopes], weightSlopes = places[WeightSlopes];
        Span<double> ones = places[OneSlopes], products = places[Products], gradient = places[Gradient];
        for (var i = 0; i < x.Length; i++)
        {
            products[i] += w[i] * y[i];
            gradient[i] -= w[i] * (slopes[i] - y[i] * ones[i]) + x[i] * weightSlopes[i];
        }
    }

    private void EndGradient(PlaceColumns places, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        if (!scoreGradient.IsWanted && temperatureGradient.IsEmpty) return;
        Sum(places, Products, places[WeightSums], places[WeightSlopes], All);
        var gradient = places[Gradient];
        for (var i = 0; i < gradient.Length; i++) gradient[i] += places[WeightSlopes][i];
        places.AddGradient(gradient, places[X], scoreGradient, temperatureGradient);
    }

    private double CrossEntropy(PlaceColumns places, Buffer<long> order)
    {
        var shape = sorted.Shape(places.Sequence);
        if (shape.HasUnsettled(0, shape.Present)) return double.NaN;
        using var ranks = sorted.Ranks(places.Sequence);
        var depths = places[X];
        sorted.SetDepths(places.Sequence, depths);
        var wanted = order.Span((long)places.Sequence * sorted.Items, sorted.Items);
        var rows = Totals(places);
        double sum = 0;
        for (var place = 0; place < shape.Present; place++)
        {
            var rank = ranks.Array[wanted[place]];
            var isFinite = place >= shape.First && place < shape.End;
            if (!isFinite || rank < shape.First || rank >= shape.End)
            {
                if (rank != place) return double.PositiveInfinity; // no mass leaves a place of its own
                continue;
            }

            var row = place - shape.First;
            sum += kernel.Distance(depths[rank - shape.First] - depths[row]) + Math.Log(rows[row]);
        }

        return sum / Math.Max(1, shape.Present);
    }
}
