namespace SoftPerm.TestKit.References;

/// <summary>A relaxed sorting network straight from its definition: dense, float64. What the kernels are held to.</summary>
/// <remarks>Slopes are carried along with numbers, one score's after the other's: O(n) times the work, and nothing to derive.</remarks>
public sealed class NetworkReference
{
    private readonly int wires;
    private readonly List<(int Upper, int Lower)> comparators;
    private readonly Func<double, double> swap, slope;

    /// <summary>Takes a network.</summary>
    /// <param name="wires">n.</param>
    /// <param name="isBitonic">Bitonic, or else odd-even.</param>
    /// <param name="swap">f.</param>
    /// <param name="slope">f'.</param>
    public NetworkReference(int wires, bool isBitonic, Func<double, double> swap, Func<double, double> slope)
    {
        (this.wires, this.swap, this.slope) = (wires, swap, slope);
        comparators = isBitonic ? Bitonic(wires) : OddEven(wires);
    }

    /// <summary>P, row after row.</summary>
    public double[] Matrix(ReadOnlySpan<double> scores, double temperature) => Run(scores, temperature, -1).Matrix;

    /// <summary>The gradient in the scores of Σ U[i,j] P[i,j].</summary>
    public double[] Gradient(ReadOnlySpan<double> scores, double temperature, ReadOnlySpan<double> upstream)
    {
        var gradient = new double[wires];
        for (var k = 0; k < wires; k++)
        {
            var slopes = Run(scores, temperature, k).Slopes;
            for (var at = 0; at < slopes.Length; at++) gradient[k] += upstream[at] * slopes[at];
        }

        return gradient;
    }

    private (double[] Matrix, double[] Slopes) Run(ReadOnlySpan<double> scores, double temperature, int varied)
    {
        double[] s = scores.ToArray(), ds = new double[wires], p = new double[wires * wires], dp = new double[wires * wires];
        if (varied >= 0) ds[varied] = 1;
        for (var i = 0; i < wires; i++) p[i * wires + i] = 1;
        foreach (var (upper, lower) in comparators)
        {
            double x = (s[upper] - s[lower]) / temperature, keep = swap(x), moved = slope(x) * (ds[upper] - ds[lower]) / temperature;
            Mix(s, ds, upper, lower);
            for (var j = 0; j < wires; j++) Mix(p, dp, upper * wires + j, lower * wires + j);

            void Mix(double[] numbers, double[] slopes, int a, int b)
            {
                var (first, second, dFirst, dSecond) = (numbers[a], numbers[b], slopes[a], slopes[b]);
                (numbers[a], numbers[b]) = (keep * first + (1 - keep) * second, (1 - keep) * first + keep * second);
                slopes[a] = keep * dFirst + (1 - keep) * dSecond + moved * (first - second);
                slopes[b] = (1 - keep) * dFirst + keep * dSecond - moved * (first - second);
            }
        }

        return (p, dp);
    }

    private static List<(int Upper, int Lower)> OddEven(int wires)
    {
        List<(int, int)> found = [];
        for (var layer = 0; layer < wires; layer++)
            for (var wire = layer % 2; wire + 1 < wires; wire += 2) found.Add((wire, wire + 1));
        return found;
    }

    // Two sorted halves meet end to start, so that all comparators point the same way.
    private static List<(int Upper, int Lower)> Bitonic(int wires)
    {
        List<(int, int)> found = [];
        for (var size = 2; size < 2 * wires; size *= 2)
        {
            for (var block = 0; block < wires; block += size)
                for (var k = 0; k < size / 2; k++) Add(block + k, block + size - 1 - k);
            for (var stride = size / 4; stride > 0; stride /= 2)
                for (var wire = 0; wire < wires; wire++)
                    if (wire / stride % 2 == 0) Add(wire, wire + stride);
        }

        return found;

        void Add(int upper, int lower)
        {
            if (lower < wires) found.Add((upper, lower));
        }
    }
}
