using SoftPerm.Kernels.Permutahedron;

namespace SoftPerm.Kernels.Tests.Definitions;

/// <summary>The projection y of z onto the permutahedron of w, both falling: <c>y = z - v</c>, v the isotonic regression of z - w. Blondel et al. 2020.</summary>
/// <remarks>
/// By the min-max formula: <c>v[i] = min_{a≤i} max_{b≥i} (M(z[a..b]) - M(w[a..b]))</c>, M the mean for squares and the logarithm of the
/// mean of exponentials for entropy. That needs no stack of blocks, and each v is the difference of two means, whose slopes are its own.
/// </remarks>
internal static class PermutahedronDefinition
{
    /// <summary>Ranks or a choice by item, or sorted keys by place, of finite keys.</summary>
    /// <param name="keys">By item.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="target">What to compute.</param>
    /// <param name="isEntropic">Whether means are those of exponentials.</param>
    /// <param name="before">Keys of +∞ before them.</param>
    /// <param name="behind">Keys of -∞ behind them.</param>
    public static Dual[] Of(Dual[] keys, Dual temperature, ProjectionTarget target, bool isEntropic, int before, int behind)
    {
        var n = keys.Length;
        if (n == 0) return [];
        var order = Definition.Order(keys);
        var last = n - 1 + behind;
        // A common offset moves ranks by nothing and sorted keys by itself.
        var middle = keys[order[n / 2]].Value;
        Dual[] sorted = [.. order.Select(item => keys[item] - middle)];
        if (target.IsSort)
            return [.. Project([.. Enumerable.Range(0, n).Select(i => (last - i) / temperature)], sorted, isEntropic).Select(y => y + middle)];
        var y = Project(
            [.. sorted.Select(key => key / temperature)],
            [.. Enumerable.Range(0, n).Select(i => (Dual)(target.Chosen == 0 ? last - i : before + i < target.Chosen ? 1 : 0))], isEntropic);
        var result = new Dual[n];
        for (var i = 0; i < n; i++) result[order[i]] = y[i];
        return result;
    }

    private static Dual[] Project(Dual[] z, Dual[] w, bool isEntropic)
    {
        var n = z.Length;
        Dual[] v = new Dual[n], fromHere = new Dual[n];
        Array.Fill(v, double.PositiveInfinity);
        for (var a = 0; a < n; a++)
        {
            Mean meanZ = new(isEntropic, z[a]), meanW = new(isEntropic, w[a]);
            for (var b = a; b < n; b++) fromHere[b] = meanZ.With(z[b]) - meanW.With(w[b]);
            Dual largest = double.NegativeInfinity;
            for (var i = n - 1; i >= a; i--)
            {
                largest = Dual.Max(largest, fromHere[i]);
                v[i] = Dual.Min(v[i], largest);
            }
        }

        return [.. z.Select((entry, i) => entry - v[i])];
    }

    /// <summary>The mean of numbers that come one after the other, counted from the first, which is the largest.</summary>
    private sealed class Mean(bool isEntropic, Dual first)
    {
        private Dual sum = 0;
        private int count;

        public Dual With(Dual next)
        {
            count++;
            sum += isEntropic ? Dual.Exp(next - first) : next - first;
            return first + (isEntropic ? Dual.Log(sum / count) : sum / count);
        }
    }
}
