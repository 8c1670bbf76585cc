using System.Runtime.CompilerServices;

namespace SoftPerm.Kernels.Numerics;

/// <summary>The exponential.</summary>
internal static class VectorExp
{
    private const double Log2E = 1.4426950408889634;
    private const double Ln2High = 0.693147180369123816490; // 32 bits, so that k · Ln2High is exact
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double RoundToInteger = 6755399441055744; // 1.5 · 2^52: adding it leaves the nearest integer in the low bits
    private const double Lowest = -708; // exp is 3e-308 there, still a normal number; everything below is as good as zero

    /// <summary>exp(x) for x ≤ 700, within 1e-14 of it relatively; exp(-708) for all x below -708.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        // 1. x = k ln 2 + r with |r| ≤ ln 2 / 2.
        x = TSimd.Max(x, TSimd.Broadcast(Lowest));
        var shifted = TSimd.MultiplyAdd(x, TSimd.Broadcast(Log2E), TSimd.Broadcast(RoundToInteger));
        var k = TSimd.Subtract(shifted, TSimd.Broadcast(RoundToInteger));
        var r = TSimd.MultiplyAdd(k, TSimd.Broadcast(-Ln2High), x);
        r = TSimd.MultiplyAdd(k, TSimd.Broadcast(-Ln2Low), r);
        // 2. exp(r) by its Taylor series to r^11; the remainder is below r^12/12! · 1.05 = 7e-15.
        //    Even and odd powers apart, so that neither waits for the other.
        var square = TSimd.Multiply(r, r);
        TVector even = TSimd.Broadcast(1.0 / 3628800), odd = TSimd.Broadcast(1.0 / 39916800);
        even = TSimd.MultiplyAdd(even, square, TSimd.Broadcast(1.0 / 40320));
        odd = TSimd.MultiplyAdd(odd, square, TSimd.Broadcast(1.0 / 362880));
        even = TSimd.MultiplyAdd(even, square, TSimd.Broadcast(1.0 / 720));
        odd = TSimd.MultiplyAdd(odd, square, TSimd.Broadcast(1.0 / 5040));
        even = TSimd.MultiplyAdd(even, square, TSimd.Broadcast(1.0 / 24));
        odd = TSimd.MultiplyAdd(odd, square, TSimd.Broadcast(1.0 / 120));
        even = TSimd.MultiplyAdd(even, square, TSimd.Broadcast(0.5));
        odd = TSimd.MultiplyAdd(odd, square, TSimd.Broadcast(1.0 / 6));
        even = TSimd.MultiplyAdd(even, square, TSimd.Broadcast(1));
        odd = TSimd.MultiplyAdd(odd, square, TSimd.Broadcast(1));
        var sum = TSimd.MultiplyAdd(odd, r, even);
        // 3. Times 2^k.
        return TSimd.AddToExponent(sum, shifted);
    }
}
