using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Kernels.Tests;

public sealed class PermutahedronKernelTests
{
    private static readonly double[] Scores = [0.3, -1, 2.5, 0.7, 1.1, 0.2];

    public static MatrixTheoryData<string, bool, bool> Cases { get; } = new(["rank", "top", "sort"], [false, true], [false, true]);

    [Fact]
    public void Cold_results_are_exact()
    {
        var result = new double[6];
        using (PermutahedronKernel.Rank<double>(Scores, 3, 1e-3, result)) Assert.Equal([1, 2, 0, 1, 0, 2], result);
        using (PermutahedronKernel.TopK<double>(Scores, 3, 2, 1e-3, result)) Assert.Equal([1, 0, 1, 1, 1, 0], result);
        using (PermutahedronKernel.Sort<double>(Scores, 3, 1e-3, result)) Assert.Equal([2.5, 0.3, -1, 1.1, 0.7, 0.2], result);
        var options = new PermutahedronKernelOptions { Descending = false };
        using (PermutahedronKernel.Rank<double>(Scores, 3, 1e-3, result, options)) Assert.Equal([1, 0, 2, 1, 2, 0], result);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Gradients_are_slopes(string member, bool entropic, bool descending)
    {
        const double temperature = 0.9, step = Tolerances.Step;
        double[] upstream = [0.5, -0.2, 1, 0.3, 0.8, -0.6], direction = [0.1, 0.7, -0.4, 0.2, 0.9, -0.3];
        var options = new PermutahedronKernelOptions { Entropic = entropic, Descending = descending, Threads = 1 };
        double[] result = new double[6], scores = new double[6], slopes = new double[2];
        using (var kernel = Of(Scores, temperature, result, options)) kernel.Gradient(upstream, scores, slopes);
        Compare.Close(Slope(h => ([.. Scores.Zip(direction, (s, d) => s + h * d)], temperature)), Dot(scores, direction), Tolerances.CentralDifference, Tolerances.DifferenceFloor);
        Compare.Close(Slope(h => (Scores, temperature + h)), slopes.Sum(), Tolerances.CentralDifference, Tolerances.DifferenceFloor);
        var quick = new double[6];
        using (var kernel = Of(Scores, temperature, result, options with { TemperatureGradient = false })) kernel.Gradient(upstream, quick, []);
        Compare.Close(scores, quick, Tolerances.SameProjection, Tolerances.SameProjectionFloor);

        double Slope(Func<double, (double[], double)> at) => (Loss(at(step)) - Loss(at(-step))) / (2 * step);

        double Loss((double[] Scores, double Temperature) input)
        {
            var result = new double[6];
            using (Of(input.Scores, input.Temperature, result, options)) return Dot(result, upstream);
        }

        PermutahedronKernel<double> Of(double[] scores, double temperature, double[] result, PermutahedronKernelOptions options) => member switch
        {
            "rank" => PermutahedronKernel.Rank<double>(scores, 3, temperature, result, options),
            "top" => PermutahedronKernel.TopK<double>(scores, 3, 2, temperature, result, options),
            _ => PermutahedronKernel.Sort<double>(scores, 3, temperature, result, options),
        };
    }

    [Fact]
    public void What_does_not_fit_is_refused_by_name()
    {
        double[] result = new double[6], three = new double[3];
        Assert.Throws<ArgumentOutOfRangeException>("k", () => PermutahedronKernel.TopK<double>(Scores, 3, 4, 1, result));
        Assert.Throws<ArgumentException>("result", () => PermutahedronKernel.Rank<double>(Scores, 3, 1, three));
        Assert.Throws<ArgumentException>("result", () => PermutahedronKernel.Rank<double>(result, 3, 1, result));
        var kernel = PermutahedronKernel.Rank<double>(Scores, 3, 1, result, new PermutahedronKernelOptions { TemperatureGradient = false });
        Assert.Throws<ArgumentException>("upstream", () => kernel.Gradient(three, [], []));
        Assert.Throws<ArgumentException>("temperatureGradient", () => kernel.Gradient(result, [], new double[2]));
        kernel.Dispose();
        kernel.Dispose();
        Assert.Throws<ObjectDisposedException>(() => kernel.Gradient(result, [], []));
    }

    private static double Dot(double[] left, double[] right) => left.Zip(right, (a, b) => a * b).Sum();
}
