using System.Numerics;
using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>Turns the sums A and W of the logits' gradient R into gradients of the scores and the temperature.</summary>
/// <remarks>
/// With A[m] = Σ_i R[i,m] and W[m] = Σ_i 2(m-i) R[i,m] in sorted columns,
/// <c>ds[m] = (W[m] + Σ_{larger} A - Σ_{smaller} A) / τ</c>. Where scores are equal sign(0) = 0 is taken, which adds
/// A[m] ((n-1-2m) - (#smaller - #larger)). Rows of P sum to 1, so A sums to 0 over any stretch of scores that no mass leaves.
/// As P depends on s/τ only, <c>τ dτ = -Σ_m s[m] ds[m]</c>, summed by gaps.
/// </remarks>
internal static class ScoreGradients
{
    /// <summary>Adds the gradients of a group, whose A and W are its first two results.</summary>
    /// <param name="scope">The group.</param>
    /// <param name="scoreGradient">Receives the gradients of the scores by item, added; may be empty.</param>
    /// <param name="temperatureGradient">Receives that of the temperature by sequence, added; may be empty.</param>
    public static void Add<T>(this GroupScope scope, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var lane = 0; lane < scope.UsedLanes; lane++)
        {
            var sequence = scope.SequenceOf(lane);
            var slope = scope.Shape.HasUnsettled(scope.FirstPlace, scope.EndPlace)
                ? AddNaN(scope, scoreGradient, sequence)
                : Add(scope, lane, scoreGradient);
            if (!temperatureGradient.IsEmpty) temperatureGradient[sequence] += slope;
        }
    }

    private static double Add<T>(GroupScope scope, int lane, ItemMatrix<T> scoreGradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref double a = ref scope.Results.Column(0), w = ref scope.Results.Column(1);
        var items = scope.FiniteItems(lane);
        var (sequence, lanes) = (scope.SequenceOf(lane), scope.Lanes);
        var gaps = scope.Sorted.Gaps.AsSpan(scope.Sorted.GapStart(sequence), scope.Shape.Finite);
        var (scale, tail) = (1 / scope.Sorted.Temperature(sequence), scope.Tail);
        double larger = 0, flux = 0, temperatureGradient = 0;
        for (int first = scope.FirstColumn, end; first < scope.EndColumn; first = end)
        {
            // 1. One group of equal scores [first, end).
            var sum = Unsafe.Add(ref a, first * lanes + lane);
            for (end = first + 1; end < scope.EndColumn && gaps[end - 1] == 0; end++) sum += Unsafe.Add(ref a, end * lanes + lane);
            // 2. Their gradients.
            for (var m = first; m < end; m++)
            {
                var tie = first + end - 1 - 2.0 * m;
                var gradient = (Unsafe.Add(ref w, m * lanes + lane) + tie * Unsafe.Add(ref a, m * lanes + lane) + (2 * larger + sum)) * scale;
                flux += gradient;
                if (scoreGradient.IsWanted) scoreGradient.At(sequence, items[m], 0) += T.CreateTruncating(gradient * scope.Sorted.Sign);
            }

            // 3. No mass crosses a gap beyond the tail: what adds up to zero on this side is zero, not its rounding errors.
            var gap = gaps[end - 1];
            if (gap <= tail)
            {
                larger += sum;
                temperatureGradient -= gap * flux;
            }
            else
            {
                (larger, flux) = (0, 0);
            }
        }

        return temperatureGradient;
    }

    private static double AddNaN<T>(GroupScope scope, ItemMatrix<T> scoreGradient, int sequence)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!scoreGradient.IsWanted) return double.NaN;
        foreach (var item in scope.Sorted.Order(sequence)[..scope.Shape.Present]) scoreGradient.At(sequence, item, 0) = T.NaN;
        return double.NaN;
    }
}
