using SoftPerm.TestKit.References;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>The kernel's results as new arrays.</summary>
internal static class Results
{
    public static int[] Order(double[] scores)
    {
        var order = new int[scores.Length];
        NeuralSortReference.Order(scores, order);
        return order;
    }

    public static double[] Row(double[] scores, double temperature, int place)
    {
        var row = new double[scores.Length];
        NeuralSortReference.Row(scores, temperature, place, row);
        return row;
    }

    public static double[] Matrix(double[] scores, double temperature)
    {
        var matrix = new double[scores.Length * scores.Length];
        NeuralSortReference.Matrix(scores, temperature, matrix);
        return matrix;
    }

    public static double[] LogMatrix(double[] scores, double temperature)
    {
        var matrix = new double[scores.Length * scores.Length];
        NeuralSortReference.LogMatrix(scores, temperature, matrix);
        return matrix;
    }

    public static double[] Apply(double[] scores, double temperature, double[] values, int columns)
    {
        var result = new double[values.Length];
        NeuralSortReference.Apply(scores, temperature, values, columns, result);
        return result;
    }

    public static double[] ScoreGradient(double[] scores, double temperature, double[] upstream)
    {
        var gradient = new double[scores.Length];
        NeuralSortReference.ScoreGradient(scores, temperature, upstream, gradient);
        return gradient;
    }

    public static double[] ValueGradient(double[] scores, double temperature, double[] upstream, int columns)
    {
        var gradient = new double[upstream.Length];
        NeuralSortReference.ValueGradient(scores, temperature, upstream, columns, gradient);
        return gradient;
    }
}
