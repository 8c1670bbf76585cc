using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.SoftSort;

/// <summary>d = t²: the fast Gauss transform in one dimension.</summary>
/// <remarks>
/// <para>Scores fall into boxes of width 1. With u and w the distances of two of them from the centres of their boxes, and b the
/// difference of the centres, <c>exp(-(b+u-w)²) = Σ_{j,k} (-1)^j h_{j+k}(b) / (j! k!) · u^j w^k</c>, h the Hermite functions: a box of
/// values becomes its moments Σ w^k x, a box of sums a polynomial in u, and one fixed matrix for each b leads from the ones to the other.</para>
/// <para>With |u|, |w| ≤ 1/2 what lies behind the powers kept is below 1e-16 (Cramér's bound on h), and so is what boxes further apart than
/// are looked at give to a row, whose total is at least 1.</para>
/// <para><b>Source.</b> Greengard and Strain 1991.</para>
/// </remarks>
internal sealed class GaussSums : DistanceSums
{
    private const int Powers = 26;
    private const int Reach = 8; // boxes; n e^-49 of a row's total lies beyond
    private const double WidestGap = 64; // e^-64² is 0: what lies on both sides does not meet, and no digits are spent on how far it is
    private const int FewPairs = 64; // below which each pair alone is quicker

    private static readonly double[] Transfers = MakeTransfers();

    private readonly ScratchArray<double> depths;

    /// <summary>Prepares the distances of all sequences.</summary>
    public GaussSums(SortedItems sorted, int threads) : base(sorted)
    {
        depths = new ScratchArray<double>((long)sorted.Sequences * sorted.Items);
        Workers.Run(sorted.Sequences, threads, this, static (sums, sequence) => sums.Sorted.SetDepths(sequence, sums.Depths(sequence), WidestGap));
    }

    public override long Scratch => (2 * Reach + 2) * Powers;

    public override double Distance(double difference) => difference * difference;

    public override double Slope(double difference) => 2 * difference;

    public override void Sum(int sequence, ReadOnlySpan<double> values, Span<double> sums, Span<double> slopes, Span<double> scratch)
    {
        var places = Depths(sequence);
        sums.Clear();
        slopes.Clear();
        var polynomial = scratch[..Powers];
        var sources = new Boxes(places, values, scratch[Powers..], stackalloc Box[2 * Reach + 1]);
        for (var target = Box.From(places, 0); target.First < places.Length; target = Box.From(places, target.End))
        {
            sources.MoveTo(target.Number);
            polynomial.Clear();
            foreach (var source in sources.Near)
            {
                if ((long)source.Count * target.Count <= FewPairs) AddPairs(places, values, source, target, sums, slopes);
                else AddTransfer(sources.Moments(source), (int)(target.Number - source.Number), polynomial);
            }

            Evaluate(places, target, polynomial, sums, slopes);
        }
    }

    public override void Dispose() => depths.Dispose();

    private Span<double> Depths(int sequence) => depths.Array.AsSpan(sequence * Sorted.Items, Sorted.Shape(sequence).Finite);

    private static void AddPairs(ReadOnlySpan<double> places, ReadOnlySpan<double> values, Box source, Box target, Span<double> sums, Span<double> slopes)
    {
        for (var i = target.First; i < target.End; i++)
        {
            double sum = 0, slope = 0;
            for (var m = source.First; m < source.End; m++)
            {
                var below = places[m] - places[i]; // t[i] - t[m]
                var term = Math.Exp(-below * below) * values[m];
                sum += term;
                slope += 2 * below * term;
            }

            sums[i] += sum;
            if (!slopes.IsEmpty) slopes[i] += slope;
        }
    }

    private static void AddTransfer(ReadOnlySpan<double> moments, int boxes, Span<double> polynomial)
    {
        var matrix = Transfers.AsSpan((boxes + Reach) * Powers * Powers, Powers * Powers);
        for (var j = 0; j < Powers; j++)
        {
            var row = matrix.Slice(j * Powers, Powers);
            double even = 0, odd = 0;
            for (var k = 0; k < Powers; k += 2)
            {
                even += row[k] * moments[k];
                odd += row[k + 1] * moments[k + 1];
            }

            polynomial[j] += even + odd;
        }
    }

    // The slope is the derivative in depth, which falls as t rises.
    private static void Evaluate(ReadOnlySpan<double> places, Box box, ReadOnlySpan<double> polynomial, Span<double> sums, Span<double> slopes)
    {
        for (var i = box.First; i < box.End; i++)
        {
            var u = places[i] - box.Centre;
            double sum = 0, derivative = 0;
            for (var j = Powers - 1; j >= 0; j--)
            {
                derivative = derivative * u + sum;
                sum = sum * u + polynomial[j];
            }

            sums[i] += sum;
            if (!slopes.IsEmpty) slopes[i] += derivative;
        }
    }

    /// <summary>The matrices from moments to polynomials, [b, j, k].</summary>
    private static double[] MakeTransfers()
    {
        var transfers = new double[(2 * Reach + 1) * Powers * Powers];
        var hermite = new double[2 * Powers];
        for (var b = -Reach; b <= Reach; b++)
        {
            hermite[0] = Math.Exp(-b * b);
            hermite[1] = 2 * b * hermite[0];
            for (var n = 1; n + 1 < hermite.Length; n++) hermite[n + 1] = 2 * b * hermite[n] - 2 * n * hermite[n - 1];
            double ofJ = 1;
            for (var j = 0; j < Powers; ofJ /= -++j)
            {
                var ofBoth = ofJ;
                for (var k = 0; k < Powers; ofBoth /= ++k) transfers[((b + Reach) * Powers + j) * Powers + k] = ofBoth * hermite[j + k];
            }
        }

        return transfers;
    }

    /// <summary>A stretch of places in one box.</summary>
    private readonly record struct Box(double Number, int First, int End)
    {
        public int Count => End - First;

        public double Centre => Number + 0.5;

        public static Box From(ReadOnlySpan<double> places, int first)
        {
            if (first == places.Length) return new Box(double.PositiveInfinity, first, first);
            var number = Math.Floor(places[first]);
            var end = first + 1;
            while (end < places.Length && Math.Floor(places[end]) == number) end++;
            return new Box(number, first, end);
        }
    }

    /// <summary>The boxes within reach of one that moves from the first to the last, with their moments.</summary>
    private ref struct Boxes(ReadOnlySpan<double> places, ReadOnlySpan<double> values, Span<double> moments, Span<Box> ring)
    {
        private readonly ReadOnlySpan<double> places = places;
        private readonly ReadOnlySpan<double> values = values;
        private readonly Span<double> moments = moments;
        private readonly Span<Box> ring = ring;
        private int count;
        private Box next = Box.From(places, 0);

        /// <summary>The boxes within reach.</summary>
        public readonly ReadOnlySpan<Box> Near => ring[..count];

        /// <summary>Takes up boxes that come within reach, and drops those that leave it.</summary>
        public void MoveTo(double number)
        {
            var kept = 0;
            for (var at = 0; at < count; at++)
                if (number - ring[at].Number <= Reach) ring[kept++] = ring[at];
            for (count = kept; next.First < places.Length && next.Number - number <= Reach; next = Box.From(places, next.End))
            {
                ring[count++] = next;
                SetMoments(next);
            }
        }

        /// <summary>Σ w^k x of a box. Boxes as near as these differ in their numbers' remainders.</summary>
        public readonly Span<double> Moments(Box box)
        {
            var slot = (int)(box.Number % (2 * Reach + 1));
            return moments.Slice(slot * Powers, Powers);
        }

        private readonly void SetMoments(Box box)
        {
            var target = Moments(box);
            target.Clear();
            for (var m = box.First; m < box.End; m++)
            {
                var w = places[m] - box.Centre;
                var term = values[m];
                for (var k = 0; k < Powers; k++)
                {
                    target[k] += term;
                    term *= w;
                }
            }
        }
    }
}
