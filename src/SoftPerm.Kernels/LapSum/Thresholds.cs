using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.LapSum;

/// <summary>The thresholds between the places of every sequence, F(d[k]) = k.</summary>
internal sealed class Thresholds : IDisposable
{
    private readonly SortedItems sorted;
    private readonly Fadings fadings;
    private readonly ScratchArray<Threshold> thresholds;

    /// <summary>Solves for all of them: one walk along the scores of each sequence.</summary>
    public Thresholds(SortedItems sorted, int threads)
    {
        this.sorted = sorted;
        fadings = new Fadings(sorted, threads);
        thresholds = new ScratchArray<Threshold>((long)sorted.Sequences * (sorted.Items + 1));
        SequenceWork.Run(sorted, threads, 0, this, static (self, sequence, _) => self.Row(sequence).Solve());
    }

    /// <summary>One sequence.</summary>
    public ThresholdRow Row(int sequence)
    {
        var scores = fadings.Row(sequence);
        return new ThresholdRow(scores, thresholds.Array.AsSpan(sequence * (sorted.Items + 1), scores.Count + 1));
    }

    public void Dispose()
    {
        fadings.Dispose();
        thresholds.Dispose();
    }
}
