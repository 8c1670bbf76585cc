using SoftPerm.TestKit.References;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>What <see cref="Operators"/> should give, by way of the reference's matrix P and a gradient on it.</summary>
internal sealed class OperatorReference(Batch<double> batch)
{
    private readonly int n = batch.Items;

    public Outcome<double> Run(string name, int columns, int seed)
    {
        var sequences = batch.Sequences;
        double[] values = Operators.Values(name, n, sequences, columns, seed), upstream = Operators.Upstream(name, n, sequences, columns, seed);
        var (firsts, count) = Operators.Rows(name, n, sequences, seed);
        var wanted = Operators.Wanted(batch.Present, n, sequences, seed);
        List<double> result = [], valueGradient = [], scores = [], temperatures = [];
        for (var k = 0; k < sequences; k++)
        {
            var items = Items(k);
            var p = Matrix(k, items, logarithm: false);
            double[] x = Part(values, k), g = Part(upstream, k);
            double[] onMatrix = new double[n * n], dx = [], y;
            switch (name)
            {
                case "apply":
                    (y, dx) = (Product(p, x, columns, transposed: false), Product(p, g, columns, transposed: true));
                    Pairs((i, m) => onMatrix[i * n + m] = Dot(g, i, x, m, columns));
                    break;
                case "apply transpose":
                    (y, dx) = (Product(p, x, columns, transposed: true), Product(p, g, columns, transposed: false));
                    Pairs((i, m) => onMatrix[i * n + m] = Dot(x, i, g, m, columns));
                    break;
                case "first rows" or "one row":
                    y = new double[n];
                    var first = firsts[k % firsts.Length];
                    for (var i = first; i < first + count; i++)
                        for (var m = 0; m < n; m++)
                            (y[m], onMatrix[i * n + m]) = (y[m] + p[i * n + m], g[m]);
                    break;
                case "cross-entropy":
                    var log = Matrix(k, items, logarithm: true);
                    y = [0];
                    for (var i = 0; i < items.Length; i++)
                    {
                        var at = i * n + (int)wanted[k * n + i];
                        y[0] -= log[at] / items.Length;
                        onMatrix[at] = -g[0] / items.Length / p[at];
                    }

                    break;
                case "dense":
                    (y, onMatrix) = (p, g);
                    break;
                default:
                    y = Matrix(k, items, logarithm: true);
                    Pairs((i, m) => onMatrix[i * n + m] = p[i * n + m] == 0 ? 0 : g[i * n + m] / p[i * n + m]);
                    break;
            }

            result.AddRange(y);
            valueGradient.AddRange(dx);
            AddGradients(k, items, onMatrix, scores, temperatures);
        }

        return new Outcome<double>([.. result], [.. valueGradient], [.. scores], [.. temperatures]);

        double[] Part(double[] numbers, int k) => numbers[(numbers.Length / sequences * k)..(numbers.Length / sequences * (k + 1))];
    }

    private int[] Items(int k) => [.. Enumerable.Range(0, n).Where(item => batch.Present.Length == 0 || batch.Present[k * n + item])];

    private double[] Scores(int k, int[] items) => [.. items.Select(item => batch.Scores[k * n + item] * (batch.Descending ? 1 : -1))];

    private double[] Matrix(int k, int[] items, bool logarithm)
    {
        var scores = Scores(k, items);
        var present = logarithm ? Results.LogMatrix(scores, batch.Temperatures[k]) : Results.Matrix(scores, batch.Temperatures[k]);
        var matrix = new double[n * n];
        if (logarithm) Array.Fill(matrix, double.NegativeInfinity);
        for (var i = 0; i < items.Length; i++)
            for (var m = 0; m < items.Length; m++) matrix[i * n + items[m]] = present[i * items.Length + m];
        return matrix;
    }

    private void AddGradients(int k, int[] items, double[] onMatrix, List<double> scores, List<double> temperatures)
    {
        double[] s = Scores(k, items), inner = [.. from i in Enumerable.Range(0, items.Length) from m in items select onMatrix[i * n + m]];
        var gradient = Results.ScoreGradient(s, batch.Temperatures[k], inner);
        var all = new double[n];
        for (var m = 0; m < items.Length; m++) all[items[m]] = gradient[m] * (batch.Descending ? 1 : -1);
        scores.AddRange(all);
        temperatures.Add(NeuralSortReference.TemperatureGradient(s, batch.Temperatures[k], inner));
    }

    private double[] Product(double[] p, double[] x, int columns, bool transposed)
    {
        var y = new double[x.Length];
        Pairs((i, m) =>
        {
            var (to, from) = transposed ? (m, i) : (i, m);
            for (var c = 0; c < columns; c++) y[to * columns + c] += p[i * n + m] * x[from * columns + c];
        });
        return y;
    }

    private void Pairs(Action<int, int> action)
    {
        for (var i = 0; i < n; i++)
            for (var m = 0; m < n; m++) action(i, m);
    }

    private static double Dot(double[] left, int i, double[] right, int m, int columns)
    {
        double sum = 0;
        for (var c = 0; c < columns; c++) sum += left[i * columns + c] * right[m * columns + c];
        return sum;
    }
}
