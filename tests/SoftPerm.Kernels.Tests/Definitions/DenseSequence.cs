namespace SoftPerm.Kernels.Tests.Definitions;

/// <summary>A sequence of a batch: a definition for its finite scores, and the rules for all others.</summary>
/// <remarks>An infinite score alone on its side has its place exactly; rows of several, and all rows beside a NaN, are NaN; absent items have nothing.</remarks>
internal sealed class DenseSequence
{
    private readonly Definition definition;
    private readonly Dual[] matrix, logarithms; // places × items; what is not settled is NaN
    private readonly bool isFloat;
    private readonly Dual[] scores;
    private readonly Dual[]? sorted;

    /// <param name="definition">The relaxation.</param>
    /// <param name="scores">s by item.</param>
    /// <param name="present">Whether each item is there; empty if all are.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="descending">Whether the largest score comes first.</param>
    /// <param name="isFloat">Whether results are floats.</param>
    public DenseSequence(Definition definition, Dual[] scores, bool[] present, Dual temperature, bool descending, bool isFloat)
    {
        (this.definition, this.scores, this.isFloat) = (definition, scores, isFloat);
        Shape = PlaceShape.Of([.. scores.Select(s => s.Value)], present, descending);
        (matrix, logarithms) = (new Dual[scores.Length * scores.Length], new Dual[scores.Length * scores.Length]);
        Array.Fill(logarithms, double.NegativeInfinity);
        int[] finite = [.. Shape.Finite.Order()];
        Dual[] keys = [.. finite.Select(item => descending ? scores[item] : -scores[item])];
        var (p, logs) = definition.Of(keys, temperature);
        for (var i = 0; i < finite.Length; i++)
            for (var j = 0; j < finite.Length; j++)
                (this[Shape.First + i, finite[j]], logarithms[(Shape.First + i) * N + finite[j]]) = (p[i * finite.Length + j], Floored(p[i * finite.Length + j], logs[i * finite.Length + j]));
        sorted = definition.Sorted(keys, temperature)?.Select(key => descending ? key : -key).ToArray();
        foreach (var place in Shape.Edges)
        {
            if (Shape.IsSettled(place)) (this[place, Shape.Order[place]], logarithms[place * N + Shape.Order[place]]) = (1, 0);
            else foreach (var item in Shape.Order) this[place, item] = logarithms[place * N + item] = double.NaN;
        }
    }

    public PlaceShape Shape { get; }

    private int N => scores.Length;

    private Dual Floored(Dual entry, Dual log) => entry.Value < definition.Floor(isFloat) ? Math.Log(definition.Floor(isFloat)) : log;

    private ref Dual this[int place, int item] => ref matrix[place * N + item];

    /// <summary>P X.</summary>
    public Dual[] Apply(double[] x, int columns)
    {
        var y = new Dual[N * columns];
        for (var place = 0; place < Shape.Order.Length; place++)
            for (var column = 0; column < columns; column++)
                for (var item = 0; item < N; item++) y[place * columns + column] += this[place, item] * x[item * columns + column];
        return y;
    }

    /// <summary>Pᵀ X.</summary>
    public Dual[] Transpose(double[] x, int columns) => Collect(columns, (place, column) => x[place * columns + column], (_, _) => true);

    /// <summary>The sums of consecutive rows, one a column.</summary>
    public Dual[] SumRows(int[] firsts, int count) => Collect(firsts.Length, (_, _) => 1, (place, sum) => place >= firsts[sum] && place < firsts[sum] + count);

    /// <summary>-mean log P[i, z[i]].</summary>
    public Dual CrossEntropy(long[] wanted)
    {
        if (!Shape.IsAllSettled(0, N)) return double.NaN;
        Dual sum = 0;
        for (var place = 0; place < Shape.Order.Length; place++)
        {
            Dual entry = this[place, (int)wanted[place]], log = logarithms[place * N + (int)wanted[place]];
            sum -= entry.Value == 0 && double.IsNegativeInfinity(log.Value) ? Math.Log(definition.Floor(isFloat)) : log;
        }

        double count = Math.Max(1, Shape.Order.Length);
        return new Dual(sum.Value / count, sum.Slope / count); // an infinite sum has slopes too, those of its finite terms
    }

    /// <summary>P or log P.</summary>
    public Dual[] Matrix(bool logarithm) => logarithm ? logarithms : matrix;

    /// <summary>P s as the relaxation makes it.</summary>
    public Dual[] Sorted()
    {
        var y = new Dual[N];
        sorted!.CopyTo(y, Shape.First);
        foreach (var place in Shape.Edges) y[place] = Shape.IsSettled(place) ? scores[Shape.Order[place]] : double.NaN;
        return y;
    }

    private Dual[] Collect(int columns, Func<int, int, double> value, Func<int, int, bool> counts)
    {
        var result = new Dual[N * columns];
        for (var column = 0; column < columns; column++)
            for (var place = 0; place < Shape.Order.Length; place++)
            {
                if (!counts(place, column)) continue;
                foreach (var item in Shape.Order) result[item * columns + column] += this[place, item] * value(place, column);
            }

        return result;
    }
}

/// <summary>What the places of a sequence hold.</summary>
/// <param name="Order">The items that are there by place: NaN, +∞, finite ones and -∞, or the other way round.</param>
/// <param name="First">The place of the first finite score.</param>
/// <param name="Finite">The items with finite scores by place.</param>
/// <param name="HasNaN">Whether there is a NaN; then nothing counts as finite.</param>
internal sealed record PlaceShape(int[] Order, int First, int[] Finite, bool HasNaN)
{
    public static PlaceShape Of(double[] scores, bool[] present, bool descending)
    {
        var items = Enumerable.Range(0, scores.Length).Where(item => present.Length == 0 || present[item]);
        int[] order = [.. items.OrderByDescending(item => double.IsNaN(scores[item])).ThenByDescending(item => descending ? scores[item] : -scores[item])];
        var hasNaN = order.Any(item => double.IsNaN(scores[item]));
        int[] finite = hasNaN ? [] : [.. order.Where(item => double.IsFinite(scores[item]))];
        return new PlaceShape(order, hasNaN ? 0 : order.Count(item => double.IsInfinity(scores[item]) && scores[item] > 0 == descending), finite, hasNaN);
    }

    /// <summary>The places outside the finite ones.</summary>
    public IEnumerable<int> Edges => Enumerable.Range(0, Order.Length).Where(place => place < First || place >= First + Finite.Length);

    public bool IsSettled(int place) => !HasNaN && (place < First ? First == 1 : place < First + Finite.Length || Order.Length - First - Finite.Length == 1);

    public bool IsAllSettled(int first, int end) => Edges.All(place => place < first || place >= end || IsSettled(place));
}
