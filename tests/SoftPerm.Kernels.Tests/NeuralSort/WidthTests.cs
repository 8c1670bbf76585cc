using CsCheck;
using SoftPerm.Kernels.Numerics;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>Every vector width gives what plain arithmetic gives; those not in hardware run in software.</summary>
/// <remarks>Widths round differently and end their windows at different columns, each within ε = 1e-13 of the row.</remarks>
public sealed class WidthTests(ITestOutputHelper output)
{
    private static readonly int[] Lengths = [1, 2, 5, 8, 17, 32, 33, 70, 200];

    public static MatrixTheoryData<string, SimdWidth> Cases { get; } =
        new(Operators.Names, [SimdWidth.Vector128, SimdWidth.Vector256, SimdWidth.Vector512]);

    [Theory, MemberData(nameof(Cases))]
    public void Agrees_with_plain_arithmetic(string name, SimdWidth width)
    {
        var errors = new WorstErrors();
        Gen.Select(Gen.Int[0, Lengths.Length - 1], Gen.Int[1, 17], Gen.Int[-3, 3], Gen.Int[0, ScoreKinds.Names.Count - 1], Gen.Int[0, 1000]).Sample(
            (length, sequences, power, kind, seed) =>
            {
                var items = Lengths[length];
                var batch = Operators.Draw<double>(ScoreKinds.Names[kind], items, items > 33 ? 2 : sequences, Math.Pow(10, power), seed);
                var expected = Operators.Run(name, batch with { Settings = batch.Settings with { Width = SimdWidth.Scalar } }, 3, seed);
                var found = Operators.Run(name, batch with { Settings = batch.Settings with { Width = width } }, 3, seed);
                Compare(expected, found, batch, errors);
            },
            iter: 40, threads: 1);
        output.WriteLine(errors.ToString());
    }

    private static void Compare(Outcome<double> expected, Outcome<double> found, Batch<double> batch, WorstErrors errors)
    {
        const double allowed = 1e-12;
        var temperature = batch.Temperatures.Min();
        errors.Compare("results", expected.Result, found.Result, Largest(expected.Result), allowed, allowed);
        errors.Compare("value gradients", expected.Values, found.Values, Largest(expected.Values), allowed, allowed);
        errors.Compare("score gradients", expected.Scores, found.Scores, Largest(expected.Scores), allowed, allowed / temperature);
        // dτ adds up what the gradients' errors do over all gaps that mass crosses; see ApplyCheck.
        errors.Compare("temperature gradients", expected.Temperatures, found.Temperatures, Largest(expected.Temperatures), 1e-8, 1e-8 / temperature);
    }

    private static double Largest(double[] numbers) => numbers.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
}
