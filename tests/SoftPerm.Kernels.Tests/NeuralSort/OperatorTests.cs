using CsCheck;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>Every operator against the reference's matrix: batches, columns, absent items, both directions.</summary>
/// <remarks>τ and the scores keep P above 1e-300, for the reference's gradient of log P divides by it.</remarks>
public sealed class OperatorTests(ITestOutputHelper output)
{
    private static readonly int[] Columns = [1, 3, 8, 9, 20];

    private static readonly Gen<Batch<double>> Short =
        Gen.Select(Gen.Int[1, 30], Gen.Int[1, 9], Gen.Double[-0.4, 3], Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[0, 1 << 30])
            .Select((items, sequences, power, hasMask, descending, tied, seed) => Draw(items, sequences, Math.Pow(10, power), hasMask, descending, tied, seed));

    private static readonly Gen<Batch<double>> Longer =
        Gen.Select(Gen.Int[31, 300], Gen.Int[1, 2], Gen.Double[0.4, 4], Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[0, 1 << 30])
            .Select((items, sequences, power, hasMask, descending, tied, seed) => Draw(items, sequences, Math.Pow(10, power), hasMask, descending, tied, seed));

    public static TheoryData<string> Names { get; } = [.. Operators.Names];

    [Theory, MemberData(nameof(Names))]
    public void Agrees_with_the_reference(string name) => Check(name, Short, 150);

    [Theory, MemberData(nameof(Names))]
    public void Agrees_with_the_reference_where_rows_form_blocks(string name) => Check(name, Longer, 15);

    [Theory, MemberData(nameof(Names))]
    public void Gradients_are_added_to_what_is_there(string name)
    {
        var batch = Draw(20, 3, 1, hasMask: true, descending: true, tied: false, 5);
        Outcome<double> fresh = Operators.Run(name, batch, 3, 1), added = Operators.Run(name, batch with { Before = 64 }, 3, 1);
        Assert.Equal(fresh.Scores.Select(g => g + 64), added.Scores);
        Assert.Equal(fresh.Temperatures.Select(g => g + 64), added.Temperatures);
        Assert.Equal(fresh.Values, added.Values);
    }

    private void Check(string name, Gen<Batch<double>> batches, int cases)
    {
        var errors = new WorstErrors();
        Gen.Select(batches, Gen.Int[0, Columns.Length - 1], Gen.Int[0, 1000]).Sample(
            (batch, columns, seed) =>
            {
                var expected = new OperatorReference(batch).Run(name, Columns[columns], seed);
                Compare(expected, Operators.Run(name, batch, Columns[columns], seed), batch.Temperatures.Min(), errors);
            },
            iter: cases, threads: 1);
        output.WriteLine(errors.ToString());
    }

    private static Batch<double> Draw(int items, int sequences, double temperature, bool hasMask, bool descending, bool tied, int seed)
    {
        var random = new Random(seed);
        var scores = Enumerable.Range(0, items * sequences).Select(_ => tied ? random.Next(-2, 3) / 2.0 : 2 * random.NextDouble() - 1).ToArray();
        bool[] present = hasMask ? [.. scores.Select(_ => random.Next(3) > 0)] : [];
        for (var k = 0; hasMask && k < sequences; k++) present[k * items + random.Next(items)] = true;
        return new Batch<double>(scores, items, [.. Enumerable.Range(0, sequences).Select(k => temperature * (1 + k % 3))]) { Present = present, Descending = descending };
    }

    private static void Compare(Outcome<double> expected, Outcome<double> found, double temperature, WorstErrors errors)
    {
        // The floor is that of the largest upstream and value, some 4, and ε.
        const double floor = 1e-12;
        errors.Compare("results", expected.Result, found.Result, Largest(expected.Result), 1e-12, floor);
        errors.Compare("value gradients", expected.Values, found.Values, Largest(expected.Values), 1e-12, floor);
        errors.Compare("score gradients", expected.Scores, found.Scores, Largest(expected.Scores), 1e-10, floor / temperature);
        errors.Compare("temperature gradients", expected.Temperatures, found.Temperatures, Largest(expected.Temperatures), 1e-10, 20 * floor / temperature);
    }

    private static double Largest(double[] numbers) => numbers.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
}
