using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SoftPerm.Kernels.SortingNetworks;

/// <summary>The way of scores through a network, which decides what its comparators do; and of gradients back.</summary>
/// <remarks>
/// A comparator turns scores a, b into <c>α a + (1-α) b</c> and <c>(1-α) a + α b</c> with <c>α = f(d / τ)</c>, <c>d = a - b</c>.
/// With gradients A, B on these and M on α from all else that it mixes, those on a and b are <c>α A + (1-α) B + w</c> and
/// <c>(1-α) A + α B - w</c>, where <c>w = f'(d / τ) ((A - B) d + M) / τ</c>; and τ gets <c>-w d / τ</c>.
/// </remarks>
internal abstract class ScorePass
{
    /// <summary>Takes scores through the network, in place, and fills the tape.</summary>
    public abstract void Forward(NetworkTape tape, Span<double> scores, double temperature);

    /// <summary>Takes gradients on what left the network back to what came in, in place.</summary>
    /// <param name="tape">What <see cref="Forward"/> left.</param>
    /// <param name="mixing">M by comparator; empty for none.</param>
    /// <param name="gradients">Those on the scores, by wire.</param>
    /// <param name="temperature">τ.</param>
    /// <returns>The gradient on τ.</returns>
    public abstract double Backward(NetworkTape tape, ReadOnlySpan<double> mixing, Span<double> gradients, double temperature);
}

/// <summary>The way through a network with some swap function.</summary>
internal sealed class ScorePass<TSwap> : ScorePass
    where TSwap : struct, ISwap
{
    public override void Forward(NetworkTape tape, Span<double> scores, double temperature)
    {
        ref var first = ref MemoryMarshal.GetReference(scores);
        var wires = tape.Wires;
        Span<double> keep = tape.Keep, give = tape.Give, differences = tape.Differences;
        for (var c = 0; c < differences.Length; c++)
        {
            ref double upper = ref Unsafe.Add(ref first, wires[2 * c]), lower = ref Unsafe.Add(ref first, wires[2 * c + 1]);
            double a = upper, b = lower, difference = a - b;
            var distance = Math.Abs(difference);
            var tail = TSwap.Tail(distance / temperature);
            var move = tail * distance; // towards each other: neither loses digits where they are far apart
            var isSorted = difference >= 0;
            differences[c] = difference;
            keep[c] = isSorted ? 1 - tail : tail;
            give[c] = isSorted ? tail : 1 - tail;
            upper = (isSorted ? a : b) - move;
            lower = (isSorted ? b : a) + move;
        }
    }

    public override double Backward(NetworkTape tape, ReadOnlySpan<double> mixing, Span<double> gradients, double temperature)
    {
        ref var first = ref MemoryMarshal.GetReference(gradients);
        var wires = tape.Wires;
        ReadOnlySpan<double> keep = tape.Keep, give = tape.Give, differences = tape.Differences;
        double temperatureGradient = 0;
        for (var c = differences.Length - 1; c >= 0; c--)
        {
            ref double upper = ref Unsafe.Add(ref first, wires[2 * c]), lower = ref Unsafe.Add(ref first, wires[2 * c + 1]);
            double a = upper, b = lower, difference = differences[c];
            var slope = TSwap.Slope(Math.Abs(difference) / temperature, keep[c] * give[c]);
            var flow = slope * ((a - b) * difference + (mixing.IsEmpty ? 0 : mixing[c])) / temperature;
            temperatureGradient -= flow * difference / temperature;
            upper = keep[c] * a + give[c] * b + flow;
            lower = give[c] * a + keep[c] * b - flow;
        }

        return temperatureGradient;
    }
}
