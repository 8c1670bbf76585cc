namespace SoftPerm.Training;

/// <summary>Vigna's SplitMix64: integer arithmetic only, so the same draws on every machine.</summary>
/// <remarks>
/// A stream is a pure function of (seed, index): item i can be made again without making those before it.
/// For one seed, different indices start at different states, because <see cref="Mix"/> is a bijection.
/// </remarks>
public struct SplitMix64(ulong seed, ulong index)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;
    private ulong state = Mix(Mix(seed + Gamma) + index);

    /// <summary>64 uniform bits.</summary>
    public ulong Next() => Mix(state += Gamma);

    /// <summary>An integer from 0 to below <paramref name="bound"/>; the bias is below bound / 2⁶⁴.</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>A number in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number in [low, high), uniform.</summary>
    public double Between(double low, double high) => low + (high - low) * Unit();

    /// <summary>A number in (-1, 1) with a triangular density: mostly small.</summary>
    public double Triangular() => Unit() - Unit();

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
