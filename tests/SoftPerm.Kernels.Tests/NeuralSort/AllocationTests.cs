using SoftPerm.Kernels.NeuralSort;
using SoftPerm.Kernels.Tests.Memory;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>On one thread a call allocates a handful of small objects and takes all else from the pools.</summary>
public sealed class AllocationTests(ITestOutputHelper output)
{
    private const int Calls = 10_000;

    [Theory, InlineData(8, 16, 2500), InlineData(100, 1, 1600)] // measured: 2202 and 1410
    public void Forward_and_backward_allocate_little(int items, int sequences, int most)
    {
        using var memory = new PinnedMemory();
        var batch = Operators.Draw<float>("normal", items, sequences, 1, 1);
        var scores = memory.Of<float>(batch.Scores);
        ItemMatrix<float> values = Matrix(), upstream = Matrix(), result = Matrix(), changes = Matrix(), valueGradient = Matrix(), scoreGradient = Matrix();
        var temperatureGradient = memory.Raw<double>(sequences);
        for (var k = 0; k < 100; k++) Call();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var k = 0; k < Calls; k++) Call();
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Calls;
        output.WriteLine($"{bytes:F1} bytes a call");
        Assert.InRange(bytes, 0, most);

        void Call()
        {
            using var sorted = SortedItems.Of(scores, default, batch.Temperatures, items, descending: true, threads: 1);
            using var rows = new PlannedRows(sorted, batch.Settings, [0], items);
            var op = new ApplyOperator<float>(rows, values);
            op.Forward(result, changes);
            op.Backward(upstream, changes, valueGradient, scoreGradient, temperatureGradient);
        }

        ItemMatrix<float> Matrix() => new(memory.Filled(items * sequences, 1f), items, 1);
    }
}
