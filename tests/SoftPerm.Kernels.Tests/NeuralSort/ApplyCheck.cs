using System.Numerics;
using SoftPerm.Kernels.NeuralSort;
using SoftPerm.Kernels.Numerics;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>Compares P X and its gradients with the dense definition.</summary>
/// <remarks>
/// <para>What is promised: 1e-10 with ε = 1e-13 in float64, 1e-6 with ε = 1e-8 in float32; of the range of the values for P X, of
/// the largest gradient for gradients.</para>
/// <para>The floor of dX: ε of a row's mass may be missing or misplaced, so 4·ε·max|G| of a column that no row favours.</para>
/// <para>The floor of ds: of a row's R = P (G·x - G·y), of size u = max|G|·range(X), about ε is left out, and what is
/// stored is rounded. A gradient smaller than that, 4·(ε + roundoff)·u/τ, cannot be told from it.</para>
/// <para>dτ is a sum over gaps of fluxes, and those are sums of sums of A: in the worst case each row's error is carried past all
/// places. What is left is below 1e-6 of the sum of the fluxes.</para>
/// </remarks>
internal static class ApplyCheck
{
    /// <summary>Checks all rows of random sequences.</summary>
    public static void Run<T>(
        string kind, int n, double temperature, int sequences, Random random, WorstErrors errors, Func<KernelSettings, KernelSettings>? change = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] scores = Of<T>(Enumerable.Range(0, sequences).SelectMany(_ => ScoreKinds.Draw(kind, n, random)));
        T[] values = kind == "offset" ? scores : Of<T>(ScoreKinds.Normals(scores.Length, random));
        T[] upstream = Of<T>(ScoreKinds.Normals(scores.Length, random));
        var batch = new Batch<T>(scores, n, [.. Enumerable.Repeat(temperature, sequences)]);
        if (change is not null) batch = batch with { Settings = change(batch.Settings) };
        var found = batch.Apply(values, 1, upstream);
        for (var k = 0; k < sequences; k++)
        {
            double[] s = Part(scores, n, k), x = Part(values, n, k), g = Part(upstream, n, k);
            var oracle = new DenseOracle(s, temperature, x).All(g);
            Compare<T>(oracle, Part(found.Result, n, k), Part(found.Values, n, k), Part(found.Scores, n, k), found.Temperatures[k], x, g, temperature, errors);
        }
    }

    /// <summary>Checks some rows of one long sequence, and gradients from these rows alone.</summary>
    public static void RunSome<T>(string kind, int n, double temperature, int count, Random random, WorstErrors errors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] scores = Of<T>(ScoreKinds.Draw(kind, n, random)), values = Of<T>(ScoreKinds.Normals(n, random)), upstream = new T[n];
        int[] rows = [0, 1, n / 2, n - 1, .. Enumerable.Range(0, count).Select(_ => random.Next(n))];
        rows = [.. rows.Distinct()];
        foreach (var row in rows) upstream[row] = T.CreateChecked(ScoreKinds.Normal(random));
        var batch = new Batch<T>(scores, n, [temperature]);
        batch = batch with { Settings = new KernelSettings(batch.Settings.Tolerance, SimdWidths.Widest, 2) };
        double[] s = Part(scores, n, 0), x = Part(values, n, 0), g = Part(upstream, n, 0);
        var order = batch.Order();
        AssertSorts(order, s);
        var found = batch.Apply(values, 1, upstream);
        var oracle = new DenseOracle(s, temperature, x, order).Some(g, rows);
        var mixtures = rows.Select(row => double.CreateChecked(found.Result[row])).ToArray();
        Compare<T>(oracle, mixtures, Part(found.Values, n, 0), Part(found.Scores, n, 0), found.Temperatures[0], x, g, temperature, errors);
    }

    private static void Compare<T>(
        OracleResult oracle, double[] mixtures, double[] values, double[] scores, double slope, double[] x, double[] g, double temperature, WorstErrors errors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (allowed, tolerance, roundoff) = (Tolerances.Result<T>(), Tolerances.NeuralSort<T>(), Tolerances.Roundoff<T>());
        double range = x.Max() - x.Min(), largestX = x.Max(Math.Abs);
        var left = 4 * (tolerance + roundoff) * g.Max(Math.Abs) * range / temperature;
        errors.Compare("values", oracle.Mixtures, mixtures, range, allowed, roundoff * largestX);
        errors.Compare("value gradients", oracle.Values, values, oracle.Values.Max(Math.Abs), allowed, 4 * tolerance * g.Max(Math.Abs));
        errors.Compare("score gradients", oracle.Scores, scores, oracle.Scores.Max(Math.Abs), allowed, left);
        errors.Compare("temperature gradients", [oracle.Temperature], [slope], oracle.Flux, Tolerances.Flux, left * (1 + oracle.Reach));
    }

    private static void AssertSorts(int[] order, double[] scores)
    {
        var isSeen = new bool[scores.Length];
        for (var place = 0; place < order.Length; place++)
        {
            Assert.False(isSeen[order[place]]);
            isSeen[order[place]] = true;
            if (place == 0) continue;
            var (before, here) = (scores[order[place - 1]], scores[order[place]]);
            Assert.True(before > here || (before == here && order[place - 1] < order[place]));
        }
    }

    private static T[] Of<T>(IEnumerable<double> numbers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => [.. numbers.Select(T.CreateChecked)];

    private static double[] Part<T>(T[] numbers, int n, int sequence)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [.. numbers.AsSpan(sequence * n, n).ToArray().Select(double.CreateChecked)];
}
