using System.Runtime.CompilerServices;

namespace SoftPerm.Kernels.Numerics;

/// <summary>Sorts entries by their keys: counting or insertion for short inputs, a stable least-significant-digit radix sort for long ones.</summary>
internal static class RadixSort
{
    private const int LongestCounting = 12; // measured: comparing all pairs costs less than guessing branches wrong
    private const int LongestInsertion = 48; // measured: above it radix passes are faster
    private const int ShortestWideDigits = 1 << 14; // measured: below it clearing 2048 counters costs more than a fourth pass
    private const int ShortestParallel = 1 << 16;

    /// <summary>Sorts the first entries of an array.</summary>
    /// <remarks>O(n) time for long inputs; scratch of the same size, and counters for each thread.</remarks>
    /// <returns>The array that holds the result: the first or the second.</returns>
    public static TEntry[] Sort<TEntry>(TEntry[] entries, TEntry[] scratch, int count, int threads)
        where TEntry : struct, ISortEntry<TEntry>
    {
        if (count <= LongestCounting)
        {
            PlaceByCounting<TEntry>(entries.AsSpan(0, count), scratch.AsSpan(0, count));
            return scratch;
        }

        if (count <= LongestInsertion)
        {
            Insert(entries.AsSpan(0, count));
            return entries;
        }

        var digitBits = count < ShortestWideDigits ? 8 : 11;
        return count < ShortestParallel || threads == 1
            ? SortAlone(entries, scratch, count, digitBits)
            : SortTogether(entries, scratch, count, digitBits, threads);
    }

    /// <summary>Puts each entry behind as many as precede it.</summary>
    private static void PlaceByCounting<TEntry>(ReadOnlySpan<TEntry> entries, Span<TEntry> sorted)
        where TEntry : struct, ISortEntry<TEntry>
    {
        foreach (var entry in entries)
        {
            var place = 0;
            foreach (var other in entries) place += other.Precedes(entry) ? 1 : 0;
            sorted[place] = entry;
        }
    }

    private static void Insert<TEntry>(Span<TEntry> entries)
        where TEntry : struct, ISortEntry<TEntry>
    {
        for (var next = 1; next < entries.Length; next++)
        {
            var entry = entries[next];
            var place = next;
            for (; place > 0 && entry.Precedes(entries[place - 1]); place--) entries[place] = entries[place - 1];
            entries[place] = entry;
        }
    }

    /// <summary>On one thread all digits are counted at once.</summary>
    private static TEntry[] SortAlone<TEntry>(TEntry[] entries, TEntry[] scratch, int count, int digitBits)
        where TEntry : struct, ISortEntry<TEntry>
    {
        var digits = 1 << digitBits;
        var passes = (TEntry.KeyBits + digitBits - 1) / digitBits;
        using var counters = new ScratchArray<int>(passes * digits);
        counters.Span.Clear();
        foreach (var entry in entries.AsSpan(0, count))
            for (var pass = 0; pass < passes; pass++) counters.Array[pass * digits + (int)(entry.KeyFrom(pass * digitBits) & (digits - 1))]++;
        for (var pass = 0; pass < passes; pass++)
        {
            var places = counters.Array.AsSpan(pass * digits, digits);
            if (!SetFirstPlaces(places, count)) continue;
            Move<TEntry>(entries.AsSpan(0, count), scratch, pass * digitBits, places);
            (entries, scratch) = (scratch, entries);
        }

        return entries;
    }

    /// <summary>Turns how often digits occur into where the first of each goes.</summary>
    /// <returns>False if all have the same digit.</returns>
    private static bool SetFirstPlaces(Span<int> counters, int count)
    {
        var next = 0;
        foreach (ref var counter in counters)
        {
            if (counter == count) return false;
            (counter, next) = (next, next + counter);
        }

        return true;
    }

    private static TEntry[] SortTogether<TEntry>(TEntry[] entries, TEntry[] scratch, int count, int digitBits, int threads)
        where TEntry : struct, ISortEntry<TEntry>
    {
        using var counters = new ScratchArray<int>((long)threads << digitBits);
        for (var shift = 0; shift < TEntry.KeyBits; shift += digitBits)
        {
            if (!Pass<TEntry>(entries, scratch, count, shift, digitBits, threads, counters.Array)) continue;
            (entries, scratch) = (scratch, entries);
        }

        return entries;
    }

    /// <summary>Moves entries from one array to the other by one digit.</summary>
    /// <returns>False, and nothing is moved, if all have the same digit.</returns>
    private static bool Pass<TEntry>(TEntry[] source, TEntry[] target, int count, int shift, int digitBits, int parts, int[] counters)
        where TEntry : struct, ISortEntry<TEntry>
    {
        // 1. How often each digit occurs in each part.
        var job = new Job<TEntry>(source, target, count, shift, digitBits, parts, counters);
        Workers.Run(parts, parts, job, static (job, part) => Count(job.Part(part), job.Shift, job.CountersOf(part)));
        // 2. Where each part starts to write each digit: behind the same digit of the parts before it.
        var next = 0;
        for (var digit = 0; digit < 1 << digitBits; digit++)
        {
            var first = next;
            for (var part = 0; part < parts; part++)
            {
                ref var counter = ref counters[(part << digitBits) + digit];
                (counter, next) = (next, next + counter);
            }

            if (next - first == count) return false;
        }

        // 3. Move.
        Workers.Run(parts, parts, job, static (job, part) => Move<TEntry>(job.Part(part), job.Target, job.Shift, job.CountersOf(part)));
        return true;
    }

    private static void Count<TEntry>(ReadOnlySpan<TEntry> entries, int shift, Span<int> counters)
        where TEntry : struct, ISortEntry<TEntry>
    {
        counters.Clear();
        var mask = (uint)counters.Length - 1;
        foreach (var entry in entries) counters[(int)(entry.KeyFrom(shift) & mask)]++;
    }

    private static void Move<TEntry>(ReadOnlySpan<TEntry> entries, Span<TEntry> target, int shift, Span<int> places)
        where TEntry : struct, ISortEntry<TEntry>
    {
        var mask = (uint)places.Length - 1;
        foreach (var entry in entries) target[places[(int)(entry.KeyFrom(shift) & mask)]++] = entry;
    }

    private readonly record struct Job<TEntry>(TEntry[] Source, TEntry[] Target, int Count, int Shift, int DigitBits, int Parts, int[] Counters)
    {
        public ReadOnlySpan<TEntry> Part(int part) => Source.AsSpan(Boundary(part)..Boundary(part + 1));

        public Span<int> CountersOf(int part) => Counters.AsSpan(part << DigitBits, 1 << DigitBits);

        private int Boundary(int part) => (int)((long)Count * part / Parts);
    }
}

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
            return BitConverter.UInt32BitsToSingle(ordered ^ ((uint)((int)~ordered >> 31) | 0x80000000));
        }
    }

    public int Index => (int)(uint)Packed;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SingleEntry Of(double score, int index)
    {
        var bits = double.IsNaN(score) ? 0x7fc00000 : BitConverter.SingleToUInt32Bits((float)score + 0f); // -0 + 0 is 0
        var ordered = bits ^ ((uint)((int)bits >> 31) | 0x80000000); // without a branch: signs are as good as random
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
            return BitConverter.UInt64BitsToDouble(ordered ^ ((ulong)((long)~ordered >> 63) | 0x8000000000000000));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleEntry Of(double score, int index)
    {
        var bits = double.IsNaN(score) ? 0x7ff8000000000000 : BitConverter.DoubleToUInt64Bits(score + 0.0);
        var ordered = bits ^ ((ulong)((long)bits >> 63) | 0x8000000000000000);
        return new DoubleEntry(~ordered, index);
    }

    public uint KeyFrom(int shift) => (uint)(Key >> shift);

    public bool Precedes(DoubleEntry other) => Key < other.Key || (Key == other.Key && Index < other.Index);
}
