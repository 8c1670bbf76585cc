using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.LapSum;

/// <summary>exp(-gap) between the neighbours of every sorted sequence, and the sums that fade by it, from the first place and from the last.</summary>
internal sealed class Fadings : IDisposable
{
    private readonly SortedItems sorted;
    private readonly ScratchArray<double> fadings;
    private readonly ScratchArray<double> before;
    private readonly ScratchArray<double> behind;

    /// <summary>Prepares all sequences.</summary>
    public Fadings(SortedItems sorted, int threads)
    {
        this.sorted = sorted;
        var length = (long)sorted.Sequences * sorted.Items;
        (fadings, before, behind) = (sorted.Fadings(threads), new ScratchArray<double>(length), new ScratchArray<double>(length));
        SequenceWork.Run(sorted, threads, 0, this, static (self, sequence, _) => self.Row(sequence).SetTotals());
    }

    /// <summary>One sequence.</summary>
    public FadingRow Row(int sequence)
    {
        int start = sequence * sorted.Items, count = sorted.Shape(sequence).Finite;
        return new FadingRow(fadings.Array.AsSpan(start, count), before.Array.AsSpan(start, count), behind.Array.AsSpan(start, count));
    }

    public void Dispose()
    {
        fadings.Dispose();
        before.Dispose();
        behind.Dispose();
    }
}
