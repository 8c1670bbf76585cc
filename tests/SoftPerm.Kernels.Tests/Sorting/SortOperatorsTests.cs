using SoftPerm.Kernels.LapSum;
using SoftPerm.Kernels.NeuralSort;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.SoftSort;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Kernels.SortingNetworks;
using SoftPerm.Kernels.Tests.Memory;
using SoftPerm.Kernels.Tests.NeuralSort;
using SoftPerm.TestKit;
using SoftPerm.TestKit.References;
using Xunit;

namespace SoftPerm.Kernels.Tests.Sorting;

/// <summary>The contract of all kernels: each operator against the dense reference, with a tape and without; many orders; edges.</summary>
public sealed class SortOperatorsTests
{
    private const double Temperature = 0.8;

    public static TheoryData<string> Kernels { get; } = ["neural-sort", "soft-sort", "soft-sort-squared", "lap-sum", "odd-even", "bitonic"];

    public static MatrixTheoryData<string, int, bool> Cases { get; } = new(Kernels.Select(row => row.Data), [1, 2, 7, 16, 37], [true, false]);

    [Theory, MemberData(nameof(Cases))]
    public void Mixtures_and_sums_agree_with_the_reference(string name, int items, bool leavesTape)
    {
        const int columns = 3;
        using var batch = new Dense(name, items, sequences: 5);
        var values = batch.Memory.Of<double>(Numbers(5 * items * columns, 1));
        var upstream = batch.Memory.Of<double>(Numbers(5 * items * columns, 2));
        foreach (var transposed in new[] { false, true })
        {
            ItemMatrix<double> x = new(values, items, columns), g = new(upstream, items, columns), y = batch.New(columns), dx = batch.New(columns);
            using var tape = transposed ? batch.Operators.ApplyTranspose(x, y, leavesTape) : batch.Operators.Apply(x, y, leavesTape);
            batch.Check(y, (k, p, c, row) => Dot(k, p, x, c, row, transposed));
            batch.CheckGradients(
                (k, i, m) => Enumerable.Range(0, columns).Sum(c => transposed ? x.At(k, i, c) * g.At(k, m, c) : g.At(k, i, c) * x.At(k, m, c)),
                (scores, temperatures) =>
                {
                    if (transposed) batch.Operators.ApplyTransposeGradient(tape, x, g, dx, scores, temperatures);
                    else batch.Operators.ApplyGradient(tape, x, g, dx, scores, temperatures);
                });
            batch.Check(dx, (k, p, c, row) => Dot(k, p, g, c, row, !transposed));
        }

        double Dot(int k, double[] p, ItemMatrix<double> x, int column, int row, bool transposed) =>
            Enumerable.Range(0, items).Sum(m => p[transposed ? m * items + row : row * items + m] * x.At(k, m, column));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Sums_of_rows_agree_with_the_reference(string name, int items, bool leavesTape)
    {
        using var batch = new Dense(name, items, sequences: 5);
        foreach (var (sums, count) in new[] { (1, 1 + items / 2), (4, 1), (9, 1 + items / 3) })
        {
            var random = new Random(sums);
            int[] first = [.. Enumerable.Range(0, 5 * sums).Select(_ => random.Next(items - count + 1))];
            var firsts = batch.Memory.Of<int>(first);
            ItemMatrix<double> g = new(batch.Memory.Of<double>(Numbers(5 * items * sums, 3)), items, sums), y = batch.New(sums);
            using var tape = batch.Operators.SumRows(firsts, sums, count, y, leavesTape);
            batch.Check(y, (k, p, s, item) => Enumerable.Range(first[k * sums + s], count).Sum(i => p[i * items + item]));
            batch.CheckGradients(
                (k, i, m) => Enumerable.Range(0, sums).Sum(s => i >= first[k * sums + s] && i < first[k * sums + s] + count ? g.At(k, m, s) : 0),
                (scores, temperatures) => batch.Operators.SumRowsGradient(tape, firsts, sums, count, g, scores, temperatures));
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Cross_entropies_of_many_orders_agree_with_the_reference(string name, int items, bool leavesTape)
    {
        const int samples = 3;
        using var batch = new Dense(name, items, sequences: 5);
        long[] order = Operators.Wanted([], items, 5 * samples, seed: 4);
        var orders = batch.Memory.Of<long>(order);
        Buffer<double> g = batch.Memory.Of<double>(Numbers(5 * samples, 5)), y = batch.Memory.Filled(5 * samples, TestMemory.Unwritten);
        using var tape = batch.Operators.CrossEntropy(orders, samples, y, leavesTape);
        for (var k = 0; k < 5; k++)
        {
            var p = batch.P(k);
            for (var s = 0; s < samples; s++)
                Compare.Close(Enumerable.Range(0, items).Sum(i => -Math.Log(p[i * items + (int)Wanted(k, s, i)])) / items, y[k * samples + s], 1e-9, 1e-12);
        }

        batch.CheckGradients(
            (k, i, m) => Enumerable.Range(0, samples).Sum(s => Wanted(k, s, i) == m ? -g[k * samples + s] / items / batch.P(k)[i * items + m] : 0),
            (scores, temperatures) => batch.Operators.CrossEntropyGradient(tape, orders, samples, g, scores, temperatures));

        long Wanted(int k, int s, int i) => order[((k * samples) + s) * items + i];
    }

    [Theory, MemberData(nameof(Kernels))]
    public void Matrices_agree_with_the_reference(string name)
    {
        using var batch = new Dense(name, 16, sequences: 5);
        var matrix = batch.New(16);
        batch.Operators.Matrix(matrix, logarithm: false);
        batch.Check(matrix, (_, p, item, row) => p[row * 16 + item]);
        batch.Operators.Matrix(matrix, logarithm: true);
        for (var k = 0; k < 5; k++)
            Compare.Close([.. batch.P(k).Select(entry => Math.Log(entry))], matrix.Data.Span(k * 256, 256), 1e-9, 1e-12);
    }

    [Theory, MemberData(nameof(Kernels))]
    public void Sums_of_rows_know_only_places_asked_for(string name)
    {
        // Two scores of +∞ have no limit in places 0 and 1; the others, and an item of -∞ in the last, do.
        double[] scores = [double.PositiveInfinity, 1, 2, double.PositiveInfinity, 0.5, double.NegativeInfinity];
        using var memory = new PinnedMemory();
        using var sorted = SortedItems.Of(memory.Of<double>(scores), default, [Temperature], 6, descending: true, 1);
        using var operators = Make(name, sorted, memory.Of<double>(scores));
        ItemMatrix<double> sums = new(memory.Filled(12, TestMemory.Unwritten), 6, 2), upstream = new(memory.Of<double>(Numbers(12, 6)), 6, 2);
        ItemMatrix<double> gradient = new(memory.Filled(6, 0.0), 6, 1);
        var slope = memory.Filled(1, 0.0);
        var asked = memory.Of<int>([2, 5]);
        using (var tape = operators.SumRows(asked, 2, 1, sums, leavesTape: true)) operators.SumRowsGradient(tape, asked, 2, 1, upstream, gradient, slope);
        Assert.All(sums.Data.Span(0, 12).ToArray(), number => Assert.True(double.IsFinite(number)));
        Assert.Equal([0, 0, 0, 0, 0, 1], Enumerable.Range(0, 6).Select(item => sums.At(0, item, 1)));
        Assert.All(gradient.Data.Span(0, 6).ToArray(), number => Assert.True(double.IsFinite(number)));
        Assert.True(double.IsFinite(slope[0]));

        var reached = memory.Of<int>([1, 5]);
        operators.SumRows(reached, 2, 1, sums, leavesTape: false);
        operators.SumRowsGradient(null, reached, 2, 1, upstream, gradient, slope);
        Assert.All(Enumerable.Range(0, 6), item => Assert.True(double.IsNaN(sums.At(0, item, 0)) && double.IsFinite(sums.At(0, item, 1))));
        Assert.All(gradient.Data.Span(0, 6).ToArray(), number => Assert.True(double.IsNaN(number)));
        Assert.True(double.IsNaN(slope[0]));
    }

    private static double[] Numbers(int count, int seed) => ScoreKinds.Normals(count, new Random(seed));

    private static SortOperators<double> Make(string name, SortedItems sorted, Buffer<double> scores) => name switch
    {
        "neural-sort" => new NeuralSortOperators<double>(sorted, new KernelSettings(1e-13, SimdWidths.InUse, 2)),
        "soft-sort" => new SoftSortOperators<double>(sorted, 1, 2),
        "soft-sort-squared" => new SoftSortOperators<double>(sorted, 2, 2),
        "lap-sum" => new LapSumOperators<double>(sorted, 2),
        _ => new NetworkOperators<double>(
            sorted, new ItemMatrix<double>(scores, sorted.Items, 1), name == "bitonic" ? NetworkLayer.Bitonic : NetworkLayer.OddEven, ScorePass.Of(SwapFunction.Cauchy), 2),
    };

    /// <summary>A batch in a kernel, and as the matrices of its reference.</summary>
    private sealed class Dense : IDisposable
    {
        private readonly string name;
        private readonly int items, sequences;
        private readonly double[] scores;
        private readonly SortedItems sorted;

        public Dense(string name, int items, int sequences)
        {
            (this.name, this.items, this.sequences) = (name, items, sequences);
            scores = Numbers(items * sequences, items);
            if (items > 2) scores[1] = scores[2]; // a tie
            var memory = Memory.Of<double>(scores);
            sorted = SortedItems.Of(memory, default, [.. Enumerable.Repeat(Temperature, sequences)], items, descending: true, 2);
            Operators = Make(name, sorted, memory);
        }

        public PinnedMemory Memory { get; } = new();

        public SortOperators<double> Operators { get; }

        public ItemMatrix<double> New(int columns) => new(Memory.Filled(sequences * items * columns, TestMemory.Unwritten), items, columns);

        public double[] P(int sequence) => name switch
        {
            "neural-sort" => Results.Matrix(Scores(sequence), Temperature),
            "soft-sort" => SoftSortReference.Matrix(Scores(sequence), Temperature, 1),
            "soft-sort-squared" => SoftSortReference.Matrix(Scores(sequence), Temperature * Temperature, 2),
            "lap-sum" => LapSumReference.Matrix(Scores(sequence), Temperature),
            _ => Network.Matrix(Scores(sequence), Temperature),
        };

        public void Check(ItemMatrix<double> found, Func<int, double[], int, int, double> expected)
        {
            for (var k = 0; k < sequences; k++)
            {
                var p = P(k);
                for (var row = 0; row < items; row++)
                    for (var c = 0; c < found.Columns; c++) Compare.Close(expected(k, p, c, row), found.At(k, row, c), 1e-11, 1e-12);
            }
        }

        public void CheckGradients(Func<int, int, int, double> onMatrix, Action<ItemMatrix<double>, Buffer<double>> run)
        {
            ItemMatrix<double> found = new(Memory.Filled(sequences * items, 0.0), items, 1);
            var slopes = Memory.Filled(sequences, 0.0);
            run(found, slopes);
            for (var k = 0; k < sequences; k++)
            {
                double[] s = Scores(k), upstream = [.. from i in Enumerable.Range(0, items) from m in Enumerable.Range(0, items) select onMatrix(k, i, m)];
                var expected = Gradient(s, upstream);
                var largest = upstream.Max(Math.Abs);
                Compare.Close(expected, found.Data.Span(k * items, items), 1e-8, 1e-10 * largest);
                // What is relaxed depends on s/τ only.
                Compare.Close(-expected.Zip(s, (d, x) => d * x).Sum() / Temperature, slopes[k], 1e-8, 1e-9 * largest);
            }
        }

        public void Dispose()
        {
            Operators.Dispose();
            sorted.Dispose();
            Memory.Dispose();
        }

        private NetworkReference Network => new(items, name == "bitonic", x => 0.5 + Math.Atan(x) / Math.PI, x => 1 / (Math.PI * (1 + x * x)));

        private double[] Scores(int sequence) => scores[(sequence * items)..((sequence + 1) * items)];

        private double[] Gradient(double[] s, double[] upstream) => name switch
        {
            "neural-sort" => Results.ScoreGradient(s, Temperature, upstream),
            "soft-sort" => SoftSortReference.Gradient(s, Temperature, 1, upstream),
            "soft-sort-squared" => SoftSortReference.Gradient(s, Temperature * Temperature, 2, upstream),
            "lap-sum" => LapSumReference.Gradient(s, Temperature, upstream),
            _ => Network.Gradient(s, Temperature, upstream),
        };
    }
}
