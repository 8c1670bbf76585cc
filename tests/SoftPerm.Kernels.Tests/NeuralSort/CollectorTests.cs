using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>Kernels hold references into arrays that the garbage collector may move while they run.</summary>
[Collection(nameof(CollectorTests)), CollectionDefinition(nameof(CollectorTests), DisableParallelization = true)]
public sealed class CollectorTests
{
    private const int Items = 20_000, Rows = 300;

    [Fact]
    public void Rows_at_the_end_of_a_sequence_survive_compaction()
    {
        var random = new Random(3);
        double[] scores = ScoreKinds.Normals(Items, random), expected = Sum(scores);
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.Token.WaitHandle.WaitOne(1)) GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        });
        collector.Start();
        try
        {
            for (var call = 0; call < 3; call++) Assert.Equal(expected, Sum(scores));
        }
        finally
        {
            stop.Cancel();
            collector.Join();
        }
    }

    private static double[] Sum(double[] scores)
    {
        using var kernel = SortKernel.NeuralSort<double>(scores, Items, 1e5, new NeuralSortKernelOptions { Threads = 1 });
        var result = new double[Items];
        kernel.SumRows(Items - Rows, Rows, result);
        return result;
    }
}
