using System.Diagnostics;
using SoftPerm.Experiments.Training;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tests.Training;

/// <summary>Alone, for whatever else passes numbers to libtorch would not survive what happens here.</summary>
[Collection(nameof(OptimizerCollectionTests)), CollectionDefinition(nameof(OptimizerCollectionTests), DisableParallelization = true)]
public sealed class OptimizerCollectionTests
{
    /// <summary>TorchSharp's Adam fails here after a second or so: "Unknown scalar type", or steps of a wrong size.</summary>
    [Fact]
    public void Steps_stand_collections_at_any_time()
    {
        var quiet = Train(2000);
        using var done = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < TimeSpan.FromSeconds(5)) Assert.Equal(quiet, Train(2000));
        }
        finally
        {
            done.Cancel();
            collector.Join();
        }
    }

    private static float[] Train(int steps)
    {
        using var scope = NewDisposeScope();
        var weights = nn.Parameter(linspace(-1, 1, 1000));
        using var optimizer = TrainingOptimizer.Adam([(nameof(weights), weights)]);
        for (var step = 0; step < steps; step++)
        {
            using var inStep = NewDisposeScope();
            optimizer.Descend(weights.mul(weights).sum(), learningRate: 1e-3); // square() would make a number too
        }

        return weights.detach().data<float>().ToArray();
    }
}
