using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Sorting;

/// <summary>What the places of one sorted sequence hold: +∞, finite scores, -∞, and then absent items.</summary>
/// <param name="First">The place of the first finite score.</param>
/// <param name="Finite">The number of finite scores.</param>
/// <param name="Present">The number of items that are there.</param>
/// <param name="HasNaN">Whether a score is NaN; then no score counts as finite.</param>
internal readonly record struct SequenceShape(int First, int Finite, int Present, bool HasNaN)
{
    /// <summary>The place behind the last finite score.</summary>
    public int End => First + Finite;

    /// <summary>The first place from some place on that is outside the finite ones; those behind the last item are too.</summary>
    public int EdgeFrom(int place) => place >= First && place < End ? End : place;

    /// <summary>All scores present and finite.</summary>
    public static SequenceShape Ordinary(int items) => new(0, items, items, false);

    /// <summary>Reads the shape off sorted scores.</summary>
    public static SequenceShape Of<TEntry>(ReadOnlySpan<TEntry> sorted)
        where TEntry : struct, ISortEntry<TEntry>
    {
        if (sorted.IsEmpty) return default;
        if (double.IsNaN(sorted[0].Score)) return new SequenceShape(0, 0, sorted.Length, true);
        int first = 0, end = sorted.Length;
        while (first < sorted.Length && double.IsPositiveInfinity(sorted[first].Score)) first++;
        while (end > first && double.IsNegativeInfinity(sorted[end - 1].Score)) end--;
        return new SequenceShape(first, end - first, sorted.Length, false);
    }

    /// <summary>Whether the row of a place outside the finite ones is settled: an infinite score that stands alone on its side.</summary>
    public bool IsSettled(int place) => !HasNaN && (place < First ? First == 1 : Present - End == 1);

    /// <summary>Whether some of the places have no settled row.</summary>
    public bool HasUnsettled(int first, int end) =>
        first < end && first < Present
        && (HasNaN || (First > 1 && first < First) || (Present - End > 1 && end > End));
}
