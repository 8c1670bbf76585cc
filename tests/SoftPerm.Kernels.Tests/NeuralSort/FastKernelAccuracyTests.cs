using System.Globalization;
using System.Numerics;
using CsCheck;
using SoftPerm.Kernels.NeuralSort;
using SoftPerm.Kernels.Numerics;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>The fast kernels against the dense definition in float64.</summary>
/// <remarks>
/// <para>What is promised: 1e-10 with ε = 1e-13 in float64, 1e-6 with ε = 1e-8 in float32; of the range of the values for P X, of
/// the largest gradient for gradients.</para>
/// <para>The floor. Of a row's mass, ε is left out: at most ε·max|G|·range(X) of each row's R = P (G·x - G·y), counted twice (the
/// columns and the mean). A column gathers that, times 2|m-i| &lt; 2n, in W, and from all n rows in Σ A; so ds is off by up to
/// 4·ε·max|G|·range(X)·n/τ besides. A smaller gradient cannot be told from what is left out. Saved in T, the changes add their
/// rounding to ε. τ dτ is a sum over gaps of fluxes, each a sum of up to n such ds; the same floor relative to ds holds for it
/// with the sum Σ gap·n·floor.</para>
/// </remarks>
public sealed class FastKernelAccuracyTests(ITestOutputHelper output)
{
    private static readonly int[] Lengths = [1, 2, 3, 5, 7, 15, 16, 31, 32, 33, 64, 100, 257, 1000];

    public static TheoryData<string> Kinds { get; } = [.. ScoreKinds.Names];

    [Theory, MemberData(nameof(Kinds))]
    public void Doubles_agree_with_the_dense_definition(string kind) => CheckAll<double>(kind, Lengths, 300);

    [Theory, MemberData(nameof(Kinds))]
    public void Floats_agree_with_the_dense_definition(string kind) => CheckAll<float>(kind, Lengths, 300);

    [Theory, MemberData(nameof(Kinds))]
    public void Long_sequences_of_doubles_agree_with_the_dense_definition(string kind) => CheckAll<double>(kind, [4000], 4);

    [Theory, MemberData(nameof(Kinds))]
    public void Long_sequences_of_floats_agree_with_the_dense_definition(string kind) => CheckAll<float>(kind, [4000], 3);

    private void CheckAll<T>(string kind, int[] lengths, int cases)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var errors = new Errors();
        Gen.Select(Gen.OneOfConst(lengths), Gen.Int[-6, 6], Gen.Bool, Gen.Int[0, int.MaxValue - 1])
            .Sample((n, power, many, seed) => Check<T>(kind, n, Math.Pow(10, power), many && n <= 64 ? 9 : 1, new Random(seed), errors), iter: cases, threads: 1);
        output.WriteLine(errors.ToString());
    }

    private static void Check<T>(string kind, int n, double temperature, int sequences, Random random, Errors errors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var isFloat = typeof(T) == typeof(float);
        var (allowed, roundoff) = isFloat ? (1e-6, Math.ScaleB(1, -24)) : (1e-10, Math.ScaleB(1, -53));
        T[] scores = Of<T>(Enumerable.Range(0, sequences).SelectMany(_ => ScoreKinds.Draw(kind, n, random)));
        T[] values = kind == "offset" ? scores : Of<T>(ScoreKinds.Normals(scores.Length, random));
        T[] upstream = Of<T>(ScoreKinds.Normals(scores.Length, random));
        var batch = new Batch<T>(scores, n, [.. Enumerable.Repeat(temperature, sequences)]);
        var found = batch.Apply(values, 1, upstream);
        for (var k = 0; k < sequences; k++)
        {
            double[] s = Part(scores, n, k), x = Part(values, n, k), g = Part(upstream, n, k);
            var oracle = new DenseOracle(s, temperature, x).All(g);
            double range = x.Max() - x.Min(), largestX = x.Max(Math.Abs), largestG = g.Max(Math.Abs);
            var left = 4 * (batch.Settings.Tolerance + (isFloat ? roundoff : 0)) * largestG * range * n / temperature;
            errors.Compare("values", oracle.Mixtures, Part(found.Result, n, k), range, allowed, roundoff * largestX);
            errors.Compare("value gradients", oracle.Values, Part(found.Values, n, k), oracle.Values.Max(Math.Abs), allowed, 0);
            errors.Compare("score gradients", oracle.Scores, Part(found.Scores, n, k), oracle.Scores.Max(Math.Abs), allowed, left);
            errors.Compare("temperature gradients", [oracle.Temperature], [found.Temperatures[k]], oracle.Flux, allowed, left);
        }
    }

    private static T[] Of<T>(IEnumerable<double> numbers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => [.. numbers.Select(T.CreateChecked)];

    private static double[] Part<T>(T[] numbers, int n, int sequence)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [.. numbers.AsSpan(sequence * n, n).ToArray().Select(double.CreateChecked)];

    /// <summary>Compares, and remembers the worst.</summary>
    private sealed class Errors
    {
        private readonly Dictionary<string, (double OfScale, double OfAllowed)> worst = [];

        public void Compare(string what, double[] expected, double[] found, double scale, double allowed, double floor)
        {
            var error = expected.Zip(found, (e, f) => Math.Abs(e - f)).Max(e => double.IsNaN(e) ? double.PositiveInfinity : e);
            var limit = allowed * scale + floor;
            if (!(error <= limit))
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"The {what} are off by {error:E2}; {limit:E2} is allowed, the scale is {scale:E2}, the floor {floor:E2}."));
            var (ofScale, ofAllowed) = worst.GetValueOrDefault(what);
            if (error > 0) worst[what] = (floor > allowed * scale ? ofScale : Math.Max(ofScale, error / scale), Math.Max(ofAllowed, error / limit));
        }

        public override string ToString() => string.Join("; ", worst.Select(w =>
            string.Create(CultureInfo.InvariantCulture, $"{w.Key}: {w.Value.OfScale:E1} of the scale, {w.Value.OfAllowed:F3} of what is allowed")));
    }
}
