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
        (fadings, before, behind) = (new ScratchArray<double>(length), new ScratchArray<double>(length), new ScratchArray<double>(length));
        Workers.RunPieces(0, fadings.Length, threads, this, static (self, first, end) => self.Prepare(first, end));
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

    // The last place of a sequence has the gap to nothing, which is as good as infinite.
    private void Prepare(int first, int end)
    {
        for (var at = first; at < end; at++)
        {
            var (sequence, place) = Math.DivRem(at, sorted.Items);
            fadings.Array[at] = place < sorted.Shape(sequence).Finite ? Math.Exp(-sorted.Gaps[sorted.GapStart(sequence) + place]) : 0;
        }
    }
}
