using System.Runtime.CompilerServices;

namespace SoftPerm.Kernels.Numerics;

/// <summary>A score and its index as one sortable value: ascending keys are descending scores, equal ones in index order.</summary>
/// <remarks>NaN sorts before every number, and -0 equals +0.</remarks>
internal interface ISortEntry<TSelf>
    where TSelf : struct, ISortEntry<TSelf>
{
    /// <summary>Bits of the key that order scores.</summary>
    static abstract int KeyBits { get; }

    /// <summary>Makes the entry of a score that the key's own type can hold.</summary>
    static abstract TSelf Of(double score, int index);

    double Score { get; }

    /// <summary>Whether this entry comes first.</summary>
    bool Precedes(TSelf other);

    int Index { get; }

    /// <summary>The key from bit <paramref name="shift"/> on; the digit is in its low bits.</summary>
    uint KeyFrom(int shift);
}

/// <summary>A float's key and its index, packed in one word.</summary>
internal readonly record struct SingleEntry(ulong Packed) : ISortEntry<SingleEntry>
{
    public static int KeyBits => 32;

    public double Score
    {
        get
        {
            var ordered = ~(uint)(Packed >> 32);
            return BitConverter.UInt32BitsToSingle((int)ordered < 0 ? ordered ^ 0x80000000 : ~ordered);
        }
    }

    public int Index => (int)(uint)Packed;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SingleEntry Of(double score, int index)
    {
        var bits = double.IsNaN(score) ? 0x7fc00000 : BitConverter.SingleToUInt32Bits((float)score + 0f); // -0 + 0 is 0
        var ordered = (int)bits < 0 ? ~bits : bits | 0x80000000;
        return new SingleEntry(((ulong)~ordered << 32) | (uint)index);
    }

    public uint KeyFrom(int shift) => (uint)(Packed >> (32 + shift));

    public bool Precedes(SingleEntry other) => Packed < other.Packed;
}

/// <summary>A double's key and its index.</summary>
internal readonly record struct DoubleEntry(ulong Key, int Index) : ISortEntry<DoubleEntry>
{
    public static int KeyBits => 64;

    public double Score
    {
        get
        {
            var ordered = ~Key;
            return BitConverter.UInt64BitsToDouble((long)ordered < 0 ? ordered ^ 0x8000000000000000 : ~ordered);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleEntry Of(double score, int index)
    {
        var bits = double.IsNaN(score) ? 0x7ff8000000000000 : BitConverter.DoubleToUInt64Bits(score + 0.0);
        var ordered = (long)bits < 0 ? ~bits : bits | 0x8000000000000000;
        return new DoubleEntry(~ordered, index);
    }

    public uint KeyFrom(int shift) => (uint)(Key >> shift);

    public bool Precedes(DoubleEntry other) => Key < other.Key || (Key == other.Key && Index < other.Index);
}
