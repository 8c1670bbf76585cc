using System.Numerics;
using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

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
    /// <summary>Adds the gradients of a group, whose A and W are its first two results and are spent.</summary>
    /// <param name="scope">The group.</param>
    /// <param name="scoreGradient">Receives the gradients of the scores by item, added; may be empty.</param>
    /// <param name="temperatureGradient">Receives that of the temperature by sequence, added; may be empty.</param>
    public static void Add<T>(this GroupScope scope, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var lane = 0; lane < scope.UsedLanes; lane++)
        {
            var slope = SetGradients(scope, lane);
            if (!temperatureGradient.IsEmpty) temperatureGradient[scope.SequenceOf(lane)] += slope;
        }

        if (scoreGradient.IsWanted) scope.ForPlaces(scope.FirstColumn, scope.EndColumn, scoreGradient, AddToItems);
    }

    /// <summary>Puts ds, as if the largest score came first, in the place of W.</summary>
    /// <returns>dτ.</returns>
    private static double SetGradients(GroupScope scope, int lane)
    {
        var lanes = scope.Lanes;
        ref double a = ref Unsafe.Add(ref scope.Results.Column(0), lane), w = ref Unsafe.Add(ref scope.Results.Column(1), lane);
        ref readonly var gaps = ref scope.GapsOf(lane);
        var (temperature, tail) = (scope.Sorted.Temperature(scope.SequenceOf(lane)), scope.Tail);
        double larger = 0, flux = 0, temperatureGradient = 0;
        for (int first = scope.FirstColumn, end; first < scope.EndColumn; first = end)
        {
            // 1. One group of equal scores [first, end).
            var sum = Unsafe.Add(ref a, first * lanes);
            for (end = first + 1; end < scope.EndColumn && Unsafe.Add(ref Unsafe.AsRef(in gaps), end - 1) == 0; end++) sum += Unsafe.Add(ref a, end * lanes);
            // 2. Their gradients.
            for (var m = first; m < end; m++)
            {
                var tie = first + end - 1 - 2.0 * m;
                ref var gradient = ref Unsafe.Add(ref w, m * lanes);
                gradient = (gradient + tie * Unsafe.Add(ref a, m * lanes) + (2 * larger + sum)) / temperature;
                flux += gradient;
            }

            // 3. No mass crosses a gap beyond the tail: what adds up to zero on this side is zero, not its rounding errors.
            var gap = Unsafe.Add(ref Unsafe.AsRef(in gaps), end - 1);
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

    private static void AddToItems<T>(ItemMatrix<T> scoreGradient, GroupScope scope, int first, int end)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (lanes, sign, used) = (scope.Lanes, scope.Sorted.Sign, scope.UsedLanes);
        ref var items = ref Unsafe.AsRef(in scope.FirstItem);
        ref var gradients = ref scope.Results.Column(1);
        var target = scoreGradient.Column(scope.FirstSequence, used, 0);
        for (var lane = 0; lane < used; lane++)
        {
            for (var m = first; m < end; m++) target[Unsafe.Add(ref items, m)] += T.CreateTruncating(Unsafe.Add(ref gradients, m * lanes + lane) * sign);
            target.MoveOn();
            if (lane + 1 < used) items = ref Unsafe.Add(ref items, scope.Sorted.Items);
        }
    }
}
