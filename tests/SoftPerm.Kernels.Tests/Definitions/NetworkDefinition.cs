using SoftPerm.Kernels.SortingNetworks;

namespace SoftPerm.Kernels.Tests.Definitions;

/// <summary>A swap function f by its formula.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Pass">The kernel's form of it.</param>
/// <param name="Tail">1 - f(x) for x ≥ 0, and the size of its slope.</param>
internal sealed record SwapDefinition(string Name, ScorePass Pass, Func<double, (double Value, double Slope)> Tail)
{
    public static IReadOnlyList<SwapDefinition> All { get; } =
    [
        new("logistic", new ScorePass<LogisticSwap>(), x => Logistic(x, 1)),
        // Of x / |x|^¼, whose infinite slope at 0 counts as 0.
        new("replaced logistic", new ScorePass<ReplacedLogisticSwap>(), x => Logistic(Math.Pow(x, 0.75), x == 0 ? 0 : 0.75 * Math.Pow(x, -0.25))),
        // ½ - arctan(x) / π, as an angle at (x, 1).
        new("Cauchy", new ScorePass<CauchySwap>(), x => (Math.Atan2(1, x) / Math.PI, 1 / (Math.PI * (1 + x * x)))),
        new("reciprocal", new ScorePass<ReciprocalSwap>(), x => (0.5 / (1 + 2 * x), 1 / ((1 + 2 * x) * (1 + 2 * x)))),
        new("Gaussian", new ScorePass<GaussianSwap>(), x => (NormalTail(x), Density(x))),
        new("optimal", new ScorePass<OptimalSwap>(), x => x > 0.25 ? (1 / (16 * x), 1 / (16 * x * x)) : (0.5 - x, 1)),
    ];

    /// <summary>f(x).</summary>
    public Dual At(Dual x)
    {
        var (tail, slope) = Tail(Math.Abs(x.Value));
        return Dual.Of(x, x.Value >= 0 ? 1 - tail : tail, slope);
    }

    private static (double, double) Logistic(double x, double slope) => (1 / (1 + Math.Exp(x)), slope * Math.Exp(-x) / ((1 + Math.Exp(-x)) * (1 + Math.Exp(-x))));

    private static double Density(double x) => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);

    /// <summary>½ less the integral from 0, term by term; far out φ(x) ∫ exp(-xt - t²/2) dt by the trapezoid rule in v, t = exp(v - exp(-v)) / x.</summary>
    private static double NormalTail(double x)
    {
        if (x < 2)
        {
            double term = x * Density(x), sum = term;
            for (var k = 3; term > 1e-17 * sum; k += 2) sum += term *= x * x / k;
            return 0.5 - sum;
        }

        const double step = 1 / 16.0;
        double integral = 0;
        for (var v = -4.0; v < 5; v += step)
        {
            double u = Math.Exp(v - Math.Exp(-v)), t = u / x;
            integral += Math.Exp(-u - 0.5 * t * t) * t * (1 + Math.Exp(-v)) * step;
        }

        return Density(x) * integral;
    }
}

/// <summary>A product of comparators: wires a, b become <c>α a + (1-α) b</c> and <c>(1-α) a + α b</c>, <c>α = f((a - b) / τ)</c>. Petersen et al. 2021.</summary>
/// <param name="layers">The layers of a network of some size.</param>
/// <param name="swap">f.</param>
internal sealed class NetworkDefinition(Func<int, IEnumerable<NetworkLayer>> layers, SwapDefinition swap) : Definition
{
    public override double Floor(bool isFloat) => isFloat ? Math.ScaleB(1, -126) : Math.ScaleB(1, -1022); // the smallest normal number

    public override (Dual[] Matrix, Dual[] Logarithms) Of(Dual[] keys, Dual temperature)
    {
        var n = keys.Length;
        var matrix = new Dual[n * n];
        for (var wire = 0; wire < n; wire++) matrix[wire * n + wire] = 1;
        Pass(keys, temperature, (upper, lower, keep, give) =>
        {
            for (var j = 0; j < n; j++)
            {
                Dual a = matrix[upper * n + j], b = matrix[lower * n + j];
                (matrix[upper * n + j], matrix[lower * n + j]) = (keep * a + give * b, give * a + keep * b);
            }
        });
        return (matrix, [.. matrix.Select(Dual.Log)]);
    }

    public override Dual[] Sorted(Dual[] keys, Dual temperature) => Pass(keys, temperature, (_, _, _, _) => { });

    private Dual[] Pass(Dual[] keys, Dual temperature, Action<int, int, Dual, Dual> mix)
    {
        if (keys.Length == 0) return [];
        // Comparators know differences only: counted from one key, these have their digits.
        var origin = keys[0].Value;
        Dual[] wires = [.. keys.Select(key => key - origin)];
        foreach (var layer in layers(keys.Length))
            for (var upper = 0; upper < keys.Length; upper++)
            {
                var lower = layer.Partner(upper);
                if (lower <= upper || lower >= keys.Length) continue;
                // The two shares each by itself: a difference from 1 has no digits where it is small.
                Dual a = wires[upper], b = wires[lower], keep = swap.At((a - b) / temperature), give = swap.At((b - a) / temperature);
                (wires[upper], wires[lower]) = (keep * a + give * b, give * a + keep * b);
                mix(upper, lower, keep, give);
            }

        return [.. wires.Select(wire => wire + origin)];
    }
}
