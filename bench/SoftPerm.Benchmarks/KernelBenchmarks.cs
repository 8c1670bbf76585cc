using BenchmarkDotNet.Attributes;
using SoftPerm.Kernels.NeuralSort;

namespace SoftPerm.Benchmarks;

/// <summary>NeuralSort on spans, for one sequence of n normal scores.</summary>
public class KernelBenchmarks
{
    private double[] scores = [], result = [];

    /// <summary>n.</summary>
    [Params(5, 100, 1_000)]
    public int Items { get; set; }

    /// <summary>τ.</summary>
    [Params(0.01, 1, 100)]
    public double Temperature { get; set; }

    /// <summary>Draws the scores.</summary>
    [GlobalSetup]
    public void Draw()
    {
        var random = new Random(1);
        scores = new double[Items];
        foreach (ref var score in scores.AsSpan())
            score = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        result = new double[Items];
    }

    /// <summary>P̂s in float64.</summary>
    [Benchmark]
    public void Apply() => NeuralSortKernel.Apply(scores, Temperature, scores, columns: 1, result);
}
