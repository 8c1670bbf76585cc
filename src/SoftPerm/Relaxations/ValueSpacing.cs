using System.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Relaxations;

/// <summary>How far apart the values of each batch row lie where they lie furthest apart: what a projection that sorts them must bridge.</summary>
/// <remarks>
/// A projection at an inverse temperature pools neighbours that lie further apart than 1/τ, and so many more that on the average they
/// do not. If nowhere m neighbours lie further apart than m/τ, no block has more than m places: docs/math/permutahedron.md.
/// </remarks>
internal static class ValueSpacing
{
    // Values spaced evenly, which a strength of just their gap either leaves alone or pools into one block, are to be left alone.
    private const double Margin = 1.05;

    /// <summary>1.05 times the widest mean gap over ⌈√n⌉ neighbours in order, [...]; 1 where all are equal. Only finite values that are there count.</summary>
    /// <param name="values">Shape [..., n].</param>
    /// <param name="mask">Which values are there, broadcasting to them; null for all.</param>
    public static Tensor Of(Tensor values, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        Tensor given = values.detach().cpu().contiguous(), result = empty(values.shape[..^1], float64);
        var present = mask?.cpu().expand(values.shape).contiguous();
        if (values.dtype == float32) Fill<float>(given, present, result);
        else Fill<double>(given, present, result);
        return result.to(values.device.WideType()).to(values.device).MoveToOuterDisposeScope();
    }

    private static void Fill<T>(Tensor given, Tensor? present, Tensor result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var spacings = result.Buffer<double>().Span(0, checked((int)result.numel()));
        spacings.Fill(1); // a temperature that sorting alone does not use
        using var sorted = SortedItems.Of(
            given.Buffer<T>(), present is null ? default : present.Buffer<bool>(), spacings, checked((int)given.size(-1)), descending: true, get_num_threads(), keepScores: true);
        for (var sequence = 0; sequence < spacings.Length; sequence++) spacings[sequence] = Widest(sorted.Keys(sequence));
        GC.KeepAlive(given);
        GC.KeepAlive(present);
        GC.KeepAlive(result);
    }

    private static double Widest(ReadOnlySpan<double> falling)
    {
        if (falling.IsEmpty || falling[0] == falling[^1]) return 1;
        var reach = (int)Math.Ceiling(Math.Sqrt(falling.Length));
        double widest = 0; // in halves, whose difference does not overflow
        for (var place = 0; place < falling.Length; place++)
            widest = Math.Max(widest, falling[place] / 2 - falling[Math.Min(place + reach, falling.Length - 1)] / 2);
        return Math.Clamp(2 * Margin * (widest / reach), double.Epsilon, double.MaxValue);
    }
}
