using System.Numerics;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Permutahedron;

/// <summary>A batch of lists of scores.</summary>
/// <param name="Scores">The scores, list after list.</param>
/// <param name="Present">Whether each item is there; empty if all are.</param>
/// <param name="Temperatures">τ of each list.</param>
/// <param name="Items">n.</param>
/// <param name="Descending">Whether the largest score comes first.</param>
internal readonly record struct ScoreBatch<T>(Buffer<T> Scores, Buffer<bool> Present, Buffer<double> Temperatures, int Items, bool Descending)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The number of lists.</summary>
    public int Lists => (int)Temperatures.Length;

    /// <summary>Whether all items are there and fit into an array, no score is larger in size than a bound or NaN, and no temperature below
    /// its inverse.</summary>
    public bool IsWithin(double bound)
    {
        if (!Present.IsEmpty || Scores.Length > Array.MaxLength) return false;
        foreach (var temperature in Temperatures.Span(0, Lists))
            if (!(temperature * bound >= 1)) return false;
        var scores = Scores.Span(0, (int)Scores.Length);
        var largest = T.CreateTruncating(bound);
        var next = 0;
        for (; next <= scores.Length - Vector<T>.Count; next += Vector<T>.Count)
            if (!Vector.LessThanOrEqualAll(Vector.Abs(new Vector<T>(scores[next..])), new Vector<T>(largest))) return false;
        for (; next < scores.Length; next++)
            if (!(T.Abs(scores[next]) <= largest)) return false;
        return true;
    }
}
