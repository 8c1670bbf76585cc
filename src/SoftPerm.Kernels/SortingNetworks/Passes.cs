using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.SortingNetworks;

/// <summary>What each comparator of a network does to one sequence: the upper wire keeps the share α = f(d / τ) and gives 1 - α.</summary>
/// <param name="wires">The two wires of each comparator.</param>
/// <param name="keep">α.</param>
/// <param name="give">1 - α, accurate where it is small.</param>
/// <param name="differences">d: the upper wire's score less the lower one's.</param>
internal readonly ref struct NetworkTape(ReadOnlySpan<int> wires, Span<double> keep, Span<double> give, Span<double> differences)
{
    /// <summary>The two wires of each comparator.</summary>
    public ReadOnlySpan<int> Wires { get; } = wires;

    /// <summary>α.</summary>
    public Span<double> Keep { get; } = keep;

    /// <summary>1 - α.</summary>
    public Span<double> Give { get; } = give;

    /// <summary>d.</summary>
    public Span<double> Differences { get; } = differences;
}

/// <summary>The way of scores through a network, which decides what its comparators do; and of gradients back.</summary>
/// <remarks>
/// A comparator turns scores a, b into <c>α a + (1-α) b</c> and <c>(1-α) a + α b</c> with <c>α = f(d / τ)</c>, <c>d = a - b</c>.
/// With gradients A, B on these and M on α from all else that it mixes, those on a and b are <c>α A + (1-α) B + w</c> and
/// <c>(1-α) A + α B - w</c>, where <c>w = f'(d / τ) ((A - B) d + M) / τ</c>; and τ gets <c>-w d / τ</c>.
/// </remarks>
internal abstract class ScorePass
{
    /// <summary>The way with a swap function.</summary>
    public static ScorePass Of(NetworkSwap swap) => swap switch
    {
        NetworkSwap.Cauchy => new ScorePass<CauchySwap>(),
        NetworkSwap.Reciprocal => new ScorePass<ReciprocalSwap>(),
        NetworkSwap.Optimal => new ScorePass<OptimalSwap>(),
        NetworkSwap.Logistic => new ScorePass<LogisticSwap>(),
        NetworkSwap.LogisticWithReplacement => new ScorePass<ReplacedLogisticSwap>(),
        NetworkSwap.Gaussian => new ScorePass<GaussianSwap>(),
        _ => throw new ArgumentOutOfRangeException(nameof(swap), swap, $"The swap function must be one of {string.Join(", ", Enum.GetNames<NetworkSwap>())}."),
    };

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

/// <summary>The way of values through a network whose comparators are settled, some columns side by side.</summary>
internal abstract class ValuePass
{
    /// <summary>For one column.</summary>
    private static readonly ValuePass Single = new ValuePass<Simd64, double>();

    /// <summary>For several.</summary>
    private static readonly ValuePass Wide = SimdWidths.InUse switch
    {
        SimdWidth.Scalar => Single,
        SimdWidth.Vector128 => new ValuePass<Simd128, Vector128<double>>(),
        SimdWidth.Vector256 => new ValuePass<Simd256, Vector256<double>>(),
        _ => new ValuePass<Simd512, Vector512<double>>(),
    };

    /// <summary>The columns side by side: entry k of wire i is at <c>i · Lanes + k</c>.</summary>
    public abstract int Lanes { get; }

    /// <summary>The best for a number of columns.</summary>
    public static ValuePass For(int columns) => columns == 1 ? Single : Wide;

    /// <summary>Takes values through the network, in place.</summary>
    /// <param name="tape">What the comparators do.</param>
    /// <param name="values">By wire.</param>
    /// <param name="differences">Receives what the two values of each comparator differ by; may be empty.</param>
    public abstract void Forward(NetworkTape tape, Span<double> values, Span<double> differences);

    /// <summary>Takes values back through the network, in place: the transpose of <see cref="Forward"/>.</summary>
    /// <param name="tape">What the comparators do.</param>
    /// <param name="values">By wire.</param>
    /// <param name="differences">What <see cref="Forward"/> left; empty if no gradient is wanted.</param>
    /// <param name="mixing">Receives the gradient on each α, added.</param>
    public abstract void Backward(NetworkTape tape, Span<double> values, ReadOnlySpan<double> differences, Span<double> mixing);
}

/// <summary>The way of values through a network, in vectors of some width.</summary>
internal sealed class ValuePass<TSimd, TVector> : ValuePass
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    public override int Lanes => TSimd.Lanes;

    public override void Forward(NetworkTape tape, Span<double> values, Span<double> differences)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        ref var difference = ref MemoryMarshal.GetReference(differences);
        var keepsDifferences = !differences.IsEmpty;
        for (var c = 0; c < tape.Keep.Length; c++)
        {
            nint upper = (nint)tape.Wires[2 * c] * TSimd.Lanes, lower = (nint)tape.Wires[2 * c + 1] * TSimd.Lanes;
            TVector a = TSimd.Load(in first, upper), b = TSimd.Load(in first, lower);
            if (keepsDifferences) TSimd.Store(TSimd.Subtract(a, b), ref difference, (nint)c * TSimd.Lanes);
            Mix(tape, c, a, b, ref first, upper, lower);
        }
    }

    public override void Backward(NetworkTape tape, Span<double> values, ReadOnlySpan<double> differences, Span<double> mixing)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        ref var difference = ref MemoryMarshal.GetReference(differences);
        var hasDifferences = !differences.IsEmpty;
        for (var c = tape.Keep.Length - 1; c >= 0; c--)
        {
            nint upper = (nint)tape.Wires[2 * c] * TSimd.Lanes, lower = (nint)tape.Wires[2 * c + 1] * TSimd.Lanes;
            TVector a = TSimd.Load(in first, upper), b = TSimd.Load(in first, lower);
            if (hasDifferences) mixing[c] += TSimd.Sum(TSimd.Multiply(TSimd.Subtract(a, b), TSimd.Load(in difference, (nint)c * TSimd.Lanes)));
            Mix(tape, c, a, b, ref first, upper, lower);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(NetworkTape tape, int comparator, TVector a, TVector b, ref double first, nint upper, nint lower)
    {
        TVector keep = TSimd.Broadcast(tape.Keep[comparator]), give = TSimd.Broadcast(tape.Give[comparator]);
        TSimd.Store(TSimd.MultiplyAdd(keep, a, TSimd.Multiply(give, b)), ref first, upper);
        TSimd.Store(TSimd.MultiplyAdd(give, a, TSimd.Multiply(keep, b)), ref first, lower);
    }
}
