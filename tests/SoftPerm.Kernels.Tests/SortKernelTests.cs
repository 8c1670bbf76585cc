using SoftPerm.Kernels.NeuralSort;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Tests.NeuralSort;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Kernels.Tests;

/// <summary>The public door: it passes everything on unharmed, and refuses what does not fit.</summary>
public sealed class SortKernelTests
{
    private const int Items = 40, Sequences = 3, Columns = 2;
    private const double Temperature = 0.7;
    private static readonly Batch<double> Batch = Batches.Draw<double>("normal", Items, Sequences, Temperature, seed: 5) with
    {
        Temperatures = [Temperature, Temperature, Temperature],
        Present = [],
        Descending = true,
    };
    private static readonly double[] Values = Numbers(Items * Sequences * Columns), Upstream = Numbers(Items * Sequences * Columns);

    [Fact]
    public void Order_is_that_of_each_sequence()
    {
        using var kernel = Kernel();
        Assert.Equal(Batch.Order(), Enumerable.Range(0, Sequences).SelectMany(s => kernel.Order(s).ToArray()));
    }

    [Fact]
    public void Apply_and_its_gradients_are_the_operator_s()
    {
        using var kernel = Kernel();
        var expected = Batch.Apply(Values, Columns, Upstream);
        double[] result = new double[Values.Length], values = new double[Values.Length], scores = new double[Items * Sequences], slopes = new double[Sequences];
        kernel.Apply(Values, Columns, result);
        kernel.ApplyGradient(Values, Columns, Upstream, values, scores, slopes);
        Assert.Equal(expected.Result, result);
        Assert.Equal((expected.Values, expected.Scores, expected.Temperatures), (values, scores, slopes), (a, b) =>
            a.Item1.SequenceEqual(b.Item1) && a.Item2.SequenceEqual(b.Item2) && a.Item3.SequenceEqual(b.Item3));
    }

    [Fact]
    public void Transposed_apply_and_its_gradients_are_the_operator_s()
    {
        using var kernel = Kernel();
        var expected = Batch.ApplyTranspose(Values, Columns, Upstream);
        double[] result = new double[Values.Length], values = new double[Values.Length], scores = new double[Items * Sequences];
        kernel.ApplyTranspose(Values, Columns, result);
        kernel.ApplyTransposeGradient(Values, Columns, Upstream, values, scores, []);
        Assert.Equal(expected.Result, result);
        Assert.Equal(expected.Values, values);
        Assert.Equal(expected.Scores, scores);
    }

    [Fact]
    public void Sums_of_rows_and_cross_entropy_are_the_operators()
    {
        using var kernel = Kernel();
        double[] result = new double[Items * Sequences], scores = new double[Items * Sequences], slopes = new double[Sequences];
        var rows = Batch.RowSum([2], 5, Upstream[..(Items * Sequences)]);
        kernel.SumRows(2, 5, result);
        kernel.SumRowsGradient(2, 5, Upstream.AsSpan(0, Items * Sequences), scores, slopes);
        Assert.Equal(rows.Result, result);
        Assert.Equal(rows.Scores, scores);
        Assert.Equal(rows.Temperatures, slopes);

        var wanted = Batches.Wanted([], Items, Sequences, seed: 9);
        var entropy = Batch.CrossEntropy(wanted, Upstream[..Sequences]);
        kernel.CrossEntropy(wanted, slopes);
        kernel.CrossEntropyGradient(wanted, Upstream.AsSpan(0, Sequences), scores, []);
        Assert.Equal(entropy.Result, slopes);
        Assert.Equal(entropy.Scores, scores);
    }

    [Theory, MemberData(nameof(Kernels))]
    public void Matrices_are_what_is_applied(string name)
    {
        using var kernel = Of(name, Batch.Scores);
        double[] matrix = new double[Items * Items * Sequences], logarithms = new double[matrix.Length], applied = new double[matrix.Length];
        double[] units = [.. Enumerable.Range(0, matrix.Length).Select(k => k / Items % Items == k % Items ? 1.0 : 0)];
        kernel.Matrix(matrix);
        kernel.LogMatrix(logarithms);
        kernel.Apply(units, Items, applied);
        Compare.Close(applied, matrix, 0, Tolerances.Matrix);
        Compare.Close(matrix, [.. logarithms.Select(Math.Exp)], Tolerances.ExpOfLog, Tolerances.Underflow);
        foreach (var row in matrix.Chunk(Items)) Compare.Close(1, row.Sum(), Tolerances.RowSum);
    }

    [Theory, MemberData(nameof(Kernels))]
    public void Gradients_are_slopes(string name)
    {
        using var kernel = Of(name, Batch.Scores);
        double[] scores = new double[Items * Sequences], slopes = new double[Sequences], direction = Numbers(scores.Length);
        var wanted = Batches.Wanted([], Items, Sequences, seed: 9);
        var upstream = Upstream.AsSpan(0, Sequences).ToArray();
        kernel.CrossEntropyGradient(wanted, upstream, scores, slopes);
        const double step = Tolerances.Step;
        Compare.Close(Slope(h => Of(name, [.. Batch.Scores.Zip(direction, (s, d) => s + h * d)])), Dot(scores, direction), Tolerances.KernelDifference, Tolerances.KernelDifferenceFloor);
        Compare.Close(Slope(h => Of(name, Batch.Scores, Temperature + h)), slopes.Sum(), Tolerances.KernelDifference, Tolerances.KernelDifferenceFloor);

        double Slope(Func<double, SortKernel<double>> at) => (Loss(at(step)) - Loss(at(-step))) / (2 * step);

        double Loss(SortKernel<double> kernel)
        {
            var entropies = new double[Sequences];
            using (kernel) kernel.CrossEntropy(wanted, entropies);
            return Dot(entropies, upstream);
        }
    }

    public static TheoryData<string> Kernels { get; } = ["neural-sort", "soft-sort", "soft-sort-squared", "lap-sum", "odd-even", "bitonic"];

    private static SortKernel<double> Of(string name, double[] scores, double temperature = Temperature) => name switch
    {
        "neural-sort" => SortKernel.NeuralSort<double>(scores, Items, temperature),
        "soft-sort" => SortKernel.SoftSort<double>(scores, Items, temperature),
        "soft-sort-squared" => SortKernel.SoftSort<double>(scores, Items, temperature, power: 2),
        "lap-sum" => SortKernel.LapSum<double>(scores, Items, temperature),
        "odd-even" => SortKernel.OddEven<double>(scores, Items, temperature),
        _ => SortKernel.Bitonic<double>(scores, Items, temperature, SwapFunction.Logistic),
    };

    private static double Dot(double[] left, double[] right) => left.Zip(right, (a, b) => a * b).Sum();

    [Fact]
    public void What_does_not_fit_is_refused_by_name()
    {
        double[] two = [1, 2], three = [1, 2, 3];
        Assert.Throws<ArgumentOutOfRangeException>("items", () => SortKernel.NeuralSort<double>(two, 0, 1));
        Assert.Throws<ArgumentException>("scores", () => SortKernel.NeuralSort<double>(three, 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>("temperature", () => SortKernel.NeuralSort<double>(two, 2, double.NaN));
        Assert.Throws<NotSupportedException>(() => SortKernel.NeuralSort<Half>([(Half)1], 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new NeuralSortKernelOptions { Threads = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new NeuralSortKernelOptions { Tolerance = 0.5 });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new NeuralSortKernelOptions { Width = (SimdWidth)3 });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new NeuralSortKernelOptions { Method = (RowMethod)99 });
        using var kernel = SortKernel.NeuralSort<double>(two, 2, 1);
        Assert.Throws<ArgumentOutOfRangeException>("sequence", () => _ = kernel.Order(1));
        Assert.Throws<ArgumentException>("values", () => kernel.Apply(three, 1, new double[3]));
        Assert.Throws<ArgumentException>("result", () => kernel.Apply(two, 1, new double[3]));
        Assert.Throws<ArgumentOutOfRangeException>("columns", () => kernel.Apply(two, 0, two));
        Assert.Throws<ArgumentException>("scoreGradient", () => kernel.ApplyGradient(two, 1, two, [], new double[1], []));
        Assert.Throws<ArgumentException>("temperatureGradient", () => kernel.ApplyGradient(two, 1, two, [], [], new double[2]));
        Assert.Throws<ArgumentOutOfRangeException>("firstPlace", () => kernel.SumRows(2, 1, new double[2]));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => kernel.SumRows(1, 2, new double[2]));
        Assert.Throws<ArgumentOutOfRangeException>("orders", () => kernel.CrossEntropy([0, 2], new double[1]));
        Assert.Throws<ArgumentException>("orders", () => kernel.CrossEntropy([0, 1, 0], new double[1]));
        Assert.Throws<ArgumentException>("result", () => kernel.CrossEntropy([0, 1, 1, 0], new double[1]));
        Assert.Throws<ArgumentOutOfRangeException>("power", () => SortKernel.SoftSort<double>(two, 2, 1, power: 3));
        Assert.Throws<ArgumentOutOfRangeException>("swap", () => SortKernel.OddEven<double>(two, 2, 1, (SwapFunction)99));
    }

    [Fact]
    public void Outputs_that_share_memory_are_refused()
    {
        using var kernel = Kernel();
        double[] values = [.. Values], gradient = new double[Values.Length];
        Assert.Throws<ArgumentException>("result", () => kernel.Apply(values, Columns, values));
        Assert.Throws<ArgumentException>("result", () => kernel.ApplyTranspose(values, Columns, values));
        Assert.Throws<ArgumentException>("valueGradient", () => kernel.ApplyGradient(Values, Columns, gradient, gradient, [], []));
        Assert.Throws<ArgumentException>("scoreGradient", () => kernel.ApplyGradient(Values, Columns, values, gradient, gradient.AsSpan(0, Items * Sequences), []));
        Assert.Throws<ArgumentException>("temperatureGradient", () => kernel.ApplyGradient(Values, Columns, values, [], gradient.AsSpan(0, Items * Sequences), gradient.AsSpan(0, Sequences)));
        Assert.Throws<ArgumentException>("temperatureGradient", () => kernel.SumRowsGradient(0, 1, gradient.AsSpan(0, Items * Sequences), [], gradient.AsSpan(0, Sequences)));
    }

    [Fact]
    public void Disposing_twice_gives_memory_back_once_and_use_afterwards_is_refused()
    {
        var kernel = Kernel();
        kernel.Dispose();
        kernel.Dispose();
        using SortKernel<double> first = Kernel(), second = SortKernel.NeuralSort<double>(Upstream.AsSpan(0, Items * Sequences), Items, Temperature);
        Assert.Equal(Batch.Order(), Enumerable.Range(0, Sequences).SelectMany(s => first.Order(s).ToArray()));
        Assert.Throws<ObjectDisposedException>(() => kernel.Order(0));
        Assert.Throws<ObjectDisposedException>(() => kernel.Apply(Values, Columns, new double[Values.Length]));
    }

    [Fact]
    public void The_smallest_temperatures_give_no_NaN()
    {
        using var kernel = SortKernel.NeuralSort<double>([3, 1, 2], 3, 1e-310);
        var gradient = new double[3];
        kernel.ApplyGradient([1, 2, 3], 1, [1, 1, 1], [], gradient, []);
        Assert.Equal([0, 0, 0], gradient);
    }

    private static SortKernel<double> Kernel() => SortKernel.NeuralSort<double>(Batch.Scores, Items, Temperature, new NeuralSortKernelOptions { Threads = 1 });

    private static double[] Numbers(int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
    }
}
