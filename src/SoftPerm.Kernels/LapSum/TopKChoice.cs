using System.Numerics;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.LapSum;

/// <summary>How much each item belongs to the first k places, k a real number for each sequence: Φ(d - y[j]) with F(d) = k.</summary>
/// <remarks>One infinite score alone on its side takes the part of k that falls to its place; several have no limit if k reaches them.</remarks>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class TopKChoice<T>(SortedItems sorted, int threads) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Scratch columns: the upstream, density weights or a result, a gradient.
    private const int Upstream = 0, Weights = 1, Gradient = 2, All = 3;

    private readonly SortedItems sorted = sorted;
    private readonly int threads = threads;
    private readonly Fadings fadings = new(sorted, threads);

    /// <summary>The choice of each item.</summary>
    /// <param name="k">The number of places, for each sequence.</param>
    /// <param name="result">Receives it, by item.</param>
    public void Forward(Buffer<T> k, ItemMatrix<T> result)
    {
        result.Clear();
        SequenceWork.Run(sorted, threads, (long)All * sorted.Items, (Self: this, k, result), static (job, sequence, memory) =>
        {
            var (self, sorted) = (job.Self, job.Self.sorted);
            var places = new PlaceColumns(sorted, sequence, memory);
            var number = double.CreateTruncating(job.k[sequence]);
            self.Choose(places, number - places.First, places[Weights]);
            places.StoreItems(places[Weights], job.result, 0);
            var shape = sorted.Shape(sequence);
            var order = sorted.Order(sequence)[..shape.Present];
            for (var place = shape.EdgeFrom(0); place < order.Length; place = shape.EdgeFrom(place + 1))
                job.result.At(sequence, order[place], 0) = T.CreateTruncating(Math.Clamp(number - place, 0, 1));
            if (!IsUnsettled(shape, number)) return;
            foreach (var item in order) job.result.At(sequence, item, 0) = T.NaN;
        });
    }

    /// <summary>The gradients of a loss in the choice, given that in its entries.</summary>
    public void Backward(
        Buffer<T> k, ItemMatrix<T> upstream, Buffer<T> numberGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
        SequenceWork.Run(sorted, threads, (long)All * sorted.Items, (Self: this, k, upstream, numberGradient, scoreGradient, temperatureGradient), static (job, sequence, memory) =>
        {
            var (self, sorted) = (job.Self, job.Self.sorted);
            var places = new PlaceColumns(sorted, sequence, memory);
            var number = double.CreateTruncating(job.k[sequence]);
            var items = places.Items;
            var upstream = places[Upstream];
            for (var i = 0; i < items.Length; i++) upstream[i] = double.CreateTruncating(job.upstream.At(sequence, items[i], 0));
            var mean = self.Differentiate(places, number - places.First);
            places.AddGradient(places[Gradient], places[Weights], job.scoreGradient, job.temperatureGradient);
            var shape = sorted.Shape(sequence);
            var isUnsettled = IsUnsettled(shape, number);
            if (isUnsettled) sorted.Spoil(sequence, job.scoreGradient, job.temperatureGradient);
            if (job.numberGradient.IsEmpty) return;
            var last = (int)Math.Clamp(Math.Floor(number), 0, sorted.Items - 1); // the place that has a part of itself
            if (last < shape.Present && shape.EdgeFrom(last) == last && number > last) mean = double.CreateTruncating(job.upstream.At(sequence, sorted.Order(sequence)[last], 0));
            job.numberGradient[sequence] = isUnsettled ? T.NaN : T.CreateTruncating(mean);
        });

    public void Dispose() => fadings.Dispose();

    private static bool IsUnsettled(SequenceShape shape, double number) => shape.HasUnsettled(0, Reached(shape, number));

    /// <summary>The place behind the last that the first k reach.</summary>
    private static int Reached(SequenceShape shape, double number) => (int)Math.Clamp(Math.Ceiling(number), 0, shape.Present);

    private void Choose(PlaceColumns places, double number, Span<double> result)
    {
        var row = fadings.Row(places.Sequence);
        if (number <= 0) result.Clear();
        else if (number >= row.Count) result.Fill(1);
        else
        {
            var threshold = row.Solve(number, row.Segment(number));
            FadeFrom(row, threshold.Segment, 0.5 * threshold.ToBefore, 0.5 * threshold.ToBehind, result);
            for (var j = 0; j <= threshold.Segment; j++) result[j] = 1 - result[j];
        }
    }

    /// <summary>Sets the gradient on t = -y.</summary>
    /// <returns>The gradient in k: the mean of the upstream under the densities at the threshold.</returns>
    private double Differentiate(PlaceColumns places, double number)
    {
        var row = fadings.Row(places.Sequence);
        Span<double> upstream = places[Upstream], weights = places[Weights], gradient = places[Gradient];
        gradient.Clear();
        if (number <= 0 || number >= row.Count) return 0;
        var threshold = row.Solve(number, row.Segment(number));
        var (before, behind) = row.Weights(threshold);
        FadeFrom(row, threshold.Segment, before, behind, weights);
        double mean = 0;
        for (var j = 0; j < weights.Length; j++) mean += weights[j] * upstream[j];
        FadeFrom(row, threshold.Segment, 0.5 * threshold.ToBefore, 0.5 * threshold.ToBehind, weights);
        for (var j = 0; j < weights.Length; j++) gradient[j] = weights[j] * (upstream[j] - mean);
        return mean;
    }

    /// <summary>What fades from the two scores next to a threshold.</summary>
    private static void FadeFrom(FadingRow row, int segment, double before, double behind, Span<double> result)
    {
        for (var j = segment; j >= 0; j--)
        {
            result[j] = before;
            if (j > 0) before *= row.Fading(j - 1);
        }

        for (var j = segment + 1; j < result.Length; j++)
        {
            result[j] = behind;
            behind *= row.Fading(j);
        }
    }
}
