using BenchmarkDotNet.Attributes;
using SoftPerm.Kernels;

namespace SoftPerm.Benchmarks;

/// <summary>NeuralSort on spans, for one sequence of n normal scores, on one thread.</summary>
public class KernelBenchmarks
{
    private static readonly NeuralSortKernelOptions OneThread = new() { Threads = 1 };
    private float[] scores = [], result = [];

    /// <summary>n.</summary>
    [Params(5, 100, 1_000, 100_000)]
    public int Items { get; set; }

    /// <summary>τ.</summary>
    [Params(0.01, 1, 100)]
    public double Temperature { get; set; }

    /// <summary>Draws the scores.</summary>
    [GlobalSetup]
    public void Draw()
    {
        var random = new Random(1);
        scores = new float[Items];
        foreach (ref var score in scores.AsSpan())
            score = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        result = new float[Items];
    }

    /// <summary>The sort alone.</summary>
    [Benchmark]
    public int Sort()
    {
        using var kernel = SortKernel.NeuralSort<float>(scores, Items, Temperature, OneThread);
        return kernel.Order(0)[0];
    }

    /// <summary>The sort and P̂s.</summary>
    [Benchmark]
    public void Apply()
    {
        using var kernel = SortKernel.NeuralSort<float>(scores, Items, Temperature, OneThread);
        kernel.Apply(scores, columns: 1, result);
    }

    /// <summary>The sort, P̂s and its gradients.</summary>
    [Benchmark]
    public void Gradient()
    {
        using var kernel = SortKernel.NeuralSort<float>(scores, Items, Temperature, OneThread);
        kernel.ApplyGradient(scores, columns: 1, scores, [], result, []);
    }
}
