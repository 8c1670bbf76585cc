namespace SoftPerm.Kernels.Tests.Definitions;

/// <summary><c>P[i,j] = Φ(d[i+1] - y[j]) - Φ(d[i] - y[j])</c>, Φ Laplace's distribution function, y = -s / τ and <c>Σ_j Φ(d[k] - y[j]) = k</c>. Struski et al. 2025.</summary>
internal sealed class LapSumDefinition : Definition
{
    public override (Dual[] Matrix, Dual[] Logarithms) Of(Dual[] keys, Dual temperature)
    {
        var n = keys.Length;
        if (n == 0) return ([], []);
        var y = Depths(keys, temperature);
        Dual[] matrix = new Dual[n * n], logarithms = new Dual[n * n];
        Dual[] d = [double.NegativeInfinity, .. Enumerable.Range(1, n - 1).Select(k => Threshold(y, k)), double.PositiveInfinity];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
            {
                var (p, log) = Between(d[i] - y[j], d[i + 1] - y[j]);
                (matrix[i * n + j], logarithms[i * n + j]) = (p, log);
            }

        return (matrix, logarithms);
    }

    /// <summary>Φ(d - y[j]) with Σ_j Φ(d - y[j]) = k: how much each item belongs to the first k.</summary>
    public static Dual[] Choice(Dual[] keys, Dual temperature, Dual k)
    {
        if (keys.Length == 0) return [];
        var y = Depths(keys, temperature);
        if (k.Value <= 0) return [.. y.Select(_ => (Dual)0)];
        if (k.Value >= keys.Length) return [.. y.Select(_ => (Dual)1)];
        var d = Threshold(y, k);
        return [.. y.Select(depth => (depth - d).Value > 0 ? Tail(depth - d) : 1 - Tail(d - depth))];
    }

    // A common offset changes nothing but the digits.
    private static Dual[] Depths(Dual[] keys, Dual temperature)
    {
        var largest = keys.Max(key => key.Value);
        return [.. keys.Select(key => (largest - key) / temperature)];
    }

    /// <summary>1 - Φ(x) for x ≥ 0.</summary>
    private static Dual Tail(Dual x) => 0.5 * Dual.Exp(-x);

    /// <summary>d with Σ_j Φ(d - y[j]) = k, by Newton's method between bounds; the last step, with the slopes, is the implicit derivative.</summary>
    private static Dual Threshold(Dual[] y, Dual k)
    {
        double low = y.Min(depth => depth.Value) - 50, high = y.Max(depth => depth.Value) + 50, d = (low + high) / 2;
        for (var round = 0; round < 200; round++)
        {
            var (excess, density) = Excess(y, d, k);
            (low, high) = excess.Value > 0 ? (low, d) : (d, high);
            var next = d - excess.Value / density;
            // Between scores far apart Newton's steps have length 1: every other one halves the bounds.
            if (!(next > low && next < high) || (round % 2 == 1 && Math.Abs(next - d) > 0.1)) next = (low + high) / 2;
            if (Math.Abs(next - d) <= 1e-16 * (1 + Math.Abs(d))) break;
            d = next;
        }

        var (left, slope) = Excess(y, d, k);
        return d - left / slope;
    }

    /// <summary>Σ_j Φ(d - y[j]) - k, small tails apart from the whole numbers so that they are not lost in a wide gap, and the density.</summary>
    private static (Dual Excess, double Density) Excess(Dual[] y, double d, Dual k)
    {
        Dual tails = 0;
        double density = 0, below = 0;
        foreach (var depth in y)
        {
            var isBelow = depth.Value <= d;
            var tail = Tail(isBelow ? d - depth : depth - d);
            if (isBelow) below++;
            tails += isBelow ? -tail : tail;
            density += tail.Value;
        }

        return (below - k + tails, density);
    }

    /// <summary>Φ(high) - Φ(low) and its logarithm, by the tails on one side where there are such.</summary>
    private static (Dual Entry, Dual Logarithm) Between(Dual low, Dual high)
    {
        if (high.Value <= 0) return Between(-high, -low);
        if (low.Value < 0)
        {
            var p = 1 - (double.IsInfinity(high.Value) ? 0 : Tail(high)) - (double.IsInfinity(low.Value) ? 0 : Tail(-low));
            return (p, Dual.Log(p));
        }

        var part = double.IsInfinity(high.Value) ? 1 : 1 - Dual.Exp(low - high);
        return (Tail(low) * part, Math.Log(0.5) - low + Dual.Log(part));
    }
}
