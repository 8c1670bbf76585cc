using CsCheck;
using SoftPerm.TestKit;
using SoftPerm.TestKit.References;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

public sealed class GradientTests
{
    // Five-point differences with step h leave h⁴·|f⁗′|/30 ≈ 1e-16·(2n/τ)⁵/30 and roundings 1e-16/h; with n ≤ 8 and τ ≥ 0.5
    // both are below 1e-8 of a loss of order 1.
    private const double Step = 1e-4;
    private const double Tolerance = 1e-8;

    private static readonly Gen<double> Temperature = Gen.Double[0.5, 5];

    [Fact]
    public void Gradient_of_the_scores_is_the_finite_difference() =>
        Gen.Select(Sequences.Apart, Temperature).Sample((scores, temperature) =>
        {
            var weights = Weights(scores.Length);
            var differences = new double[scores.Length];
            for (var j = 0; j < scores.Length; j++)
            {
                differences[j] = Difference(h =>
                {
                    var moved = scores.ToArray();
                    moved[j] += h;
                    return Loss(moved, temperature, weights);
                });
            }

            Compare.Close(differences, Results.ScoreGradient(scores, temperature, weights), relative: Tolerance, absolute: Tolerance);
        });

    [Fact]
    public void Gradient_of_the_temperature_is_the_finite_difference() =>
        Gen.Select(Gen.OneOf(Sequences.Apart, Sequences.Tied), Temperature).Sample((scores, temperature) =>
        {
            var weights = Weights(scores.Length);
            var difference = Difference(h => Loss(scores, temperature + h, weights));
            Compare.Close(difference, NeuralSortReference.TemperatureGradient(scores, temperature, weights), relative: Tolerance, absolute: Tolerance);
        });

    [Fact]
    public void Gradient_of_the_scores_sums_to_zero_and_ignores_a_constant_per_row() => // P(s+c) = P(s), and rows sum to 1
        Gen.Select(Gen.OneOf(Sequences.Any, Sequences.Tied), Temperature).Sample((scores, temperature) =>
        {
            var n = scores.Length;
            var weights = Weights(n);
            var gradient = Results.ScoreGradient(scores, temperature, weights);
            var rounding = 1e-15 * n * n / temperature; // n² terms of order n·P·g/τ, each rounded; Σ P is n
            Compare.Close(0, gradient.Sum(), relative: 0, absolute: n * rounding);
            var raised = weights.Select((w, k) => w + k / n).ToArray();
            Compare.Close(gradient, Results.ScoreGradient(scores, temperature, raised), relative: 0, absolute: n * rounding);
        });

    [Fact]
    public void Gradient_survives_where_a_row_is_nearly_sure()
    {
        // n = 2: P[0] = (σ(g), σ(-g)) with g = (s0-s1)/τ, so dL/ds0 = (u0-u1) σ(g) σ(-g) / τ for both rows together twice that.
        double[] scores = [30, 0], upstream = [1, 0, 0, 1];
        var slope = Math.Exp(-30) / Math.Pow(1 + Math.Exp(-30), 2);
        Compare.Close([2 * slope, -2 * slope], Results.ScoreGradient(scores, temperature: 1, upstream), relative: Tolerances.TwentyRoundings);
    }

    private static double Loss(double[] scores, double temperature, double[] weights) =>
        Results.Matrix(scores, temperature).Zip(weights, (p, w) => p * w).Sum();

    private static double[] Weights(int n) => Enumerable.Range(0, n * n).Select(k => Math.Cos(3 * k)).ToArray();

    private static double Difference(Func<double, double> f) =>
        (8 * (f(Step) - f(-Step)) - (f(2 * Step) - f(-2 * Step))) / (12 * Step);
}
