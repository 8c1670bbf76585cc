using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SoftPerm.Kernels.Numerics;

/// <summary>How many doubles the kernels treat at once.</summary>
public enum SimdWidth
{
    /// <summary>One: plain arithmetic, on any processor.</summary>
    Scalar = 1,

    /// <summary>Two: SSE2, NEON.</summary>
    Vector128 = 2,

    /// <summary>Four: AVX2.</summary>
    Vector256 = 4,

    /// <summary>Eight: AVX-512.</summary>
    Vector512 = 8,
}

/// <summary>Which widths this processor has instructions for.</summary>
public static class SimdWidths
{
    /// <summary>The widths that run in hardware here, narrowest first; <see cref="SimdWidth.Scalar"/> always.</summary>
    public static IReadOnlyList<SimdWidth> Supported { get; } =
    [
        SimdWidth.Scalar,
        .. Vector128.IsHardwareAccelerated ? [SimdWidth.Vector128] : Array.Empty<SimdWidth>(),
        .. Vector256.IsHardwareAccelerated ? [SimdWidth.Vector256] : Array.Empty<SimdWidth>(),
        .. Vector512.IsHardwareAccelerated ? [SimdWidth.Vector512] : Array.Empty<SimdWidth>(),
    ];

    /// <summary>The widest of them.</summary>
    /// <remarks>Where AVX-512 slows the clock, .NET prefers 256 bits; the environment variable
    /// <c>DOTNET_PreferredVectorBitWidth=512</c> overrules it.</remarks>
    public static SimdWidth Widest => Supported[^1];

    /// <summary>The width that kernels use: <see cref="Widest"/>, or what the environment variable <c>SOFTPERM_SIMD</c> says
    /// (Scalar, Vector128, Vector256 or Vector512; one that is not in hardware works, slowly).</summary>
    public static SimdWidth InUse { get; } = Named(Environment.GetEnvironmentVariable("SOFTPERM_SIMD"));

    internal static SimdWidth Named(string? name)
    {
        if (string.IsNullOrEmpty(name)) return Widest;
        return Enum.TryParse<SimdWidth>(name, ignoreCase: true, out var width) && Enum.IsDefined(width)
            ? width
            : throw new ArgumentException($"SOFTPERM_SIMD is '{name}'; it must be one of {string.Join(", ", Enum.GetNames<SimdWidth>())}.", nameof(name));
    }
}

/// <summary>Arithmetic on vectors of doubles of one width, so that a traversal is written once for all widths.</summary>
/// <remarks>Implemented by stateless structs and used as a type argument: the JIT compiles each width separately and inlines
/// every member. Multiply-add is fused where the processor does it, else rounded twice.</remarks>
/// <typeparam name="TVector">The vector: a hardware vector, or a plain double as a vector of one lane.</typeparam>
internal interface ISimd<TVector>
    where TVector : struct
{
    static abstract int Lanes { get; }

    /// <summary>0, 1, 2, … one a lane.</summary>
    static abstract TVector LaneNumbers { get; }

    static abstract TVector Broadcast(double value);

    static abstract TVector Load(ref readonly double source, nint offset);

    static abstract void Store(TVector value, ref double target, nint offset);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Divide(TVector left, TVector right);

    /// <summary>left · right + addend.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    static abstract TVector Max(TVector left, TVector right);

    /// <summary>One number where left is greater than right, the other where it is not.</summary>
    static abstract TVector WhereGreater(TVector left, TVector right, TVector yes, TVector no);

    static abstract bool AnyAtMost(TVector left, TVector right);

    static abstract double Sum(TVector value);

    /// <summary>Adds the integers in the low mantissa bits of one vector to the exponents of another.</summary>
    static abstract TVector AddToExponent(TVector value, TVector integers);
}

/// <summary>One double at a time: where there are no vector instructions.</summary>
internal readonly struct Simd64 : ISimd<double>
{
    public static int Lanes => 1;

    public static double LaneNumbers => 0;

    public static double Broadcast(double value) => value;

    public static double Load(ref readonly double source, nint offset) => Unsafe.Add(ref Unsafe.AsRef(in source), offset);

    public static void Store(double value, ref double target, nint offset) => Unsafe.Add(ref target, offset) = value;

    public static double Add(double left, double right) => left + right;

    public static double Subtract(double left, double right) => left - right;

    public static double Multiply(double left, double right) => left * right;

    public static double Divide(double left, double right) => left / right;

    public static double MultiplyAdd(double left, double right, double addend) => double.MultiplyAddEstimate(left, right, addend);

    public static double Max(double left, double right) => left > right ? left : right;

    public static double WhereGreater(double left, double right, double yes, double no) => left > right ? yes : no;

    public static bool AnyAtMost(double left, double right) => left <= right;

    public static double Sum(double value) => value;

    public static double AddToExponent(double value, double integers) =>
        BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(value) + (BitConverter.DoubleToInt64Bits(integers) << 52));
}

/// <summary>2 doubles at a time.</summary>
internal readonly struct Simd128 : ISimd<Vector128<double>>
{
    public static int Lanes => Vector128<double>.Count;

    public static Vector128<double> LaneNumbers => Vector128<double>.Indices;

    public static Vector128<double> Broadcast(double value) => Vector128.Create(value);

    public static Vector128<double> Load(ref readonly double source, nint offset) =>
        Vector128.LoadUnsafe(ref Unsafe.Add(ref Unsafe.AsRef(in source), offset));

    public static void Store(Vector128<double> value, ref double target, nint offset) => value.StoreUnsafe(ref Unsafe.Add(ref target, offset));

    public static Vector128<double> Add(Vector128<double> left, Vector128<double> right) => left + right;

    public static Vector128<double> Subtract(Vector128<double> left, Vector128<double> right) => left - right;

    public static Vector128<double> Multiply(Vector128<double> left, Vector128<double> right) => left * right;

    public static Vector128<double> Divide(Vector128<double> left, Vector128<double> right) => left / right;

    public static Vector128<double> MultiplyAdd(Vector128<double> left, Vector128<double> right, Vector128<double> addend) =>
        Vector128.MultiplyAddEstimate(left, right, addend);

    public static Vector128<double> Max(Vector128<double> left, Vector128<double> right) => Vector128.MaxNative(left, right);

    public static Vector128<double> WhereGreater(Vector128<double> left, Vector128<double> right, Vector128<double> yes, Vector128<double> no) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(left, right), yes, no);

    public static bool AnyAtMost(Vector128<double> left, Vector128<double> right) => Vector128.LessThanOrEqualAny(left, right);

    public static double Sum(Vector128<double> value) => Vector128.Sum(value);

    public static Vector128<double> AddToExponent(Vector128<double> value, Vector128<double> integers) =>
        (value.AsInt64() + (integers.AsInt64() << 52)).AsDouble();
}

/// <summary>4 doubles at a time.</summary>
internal readonly struct Simd256 : ISimd<Vector256<double>>
{
    public static int Lanes => Vector256<double>.Count;

    public static Vector256<double> LaneNumbers => Vector256<double>.Indices;

    public static Vector256<double> Broadcast(double value) => Vector256.Create(value);

    public static Vector256<double> Load(ref readonly double source, nint offset) =>
        Vector256.LoadUnsafe(ref Unsafe.Add(ref Unsafe.AsRef(in source), offset));

    public static void Store(Vector256<double> value, ref double target, nint offset) => value.StoreUnsafe(ref Unsafe.Add(ref target, offset));

    public static Vector256<double> Add(Vector256<double> left, Vector256<double> right) => left + right;

    public static Vector256<double> Subtract(Vector256<double> left, Vector256<double> right) => left - right;

    public static Vector256<double> Multiply(Vector256<double> left, Vector256<double> right) => left * right;

    public static Vector256<double> Divide(Vector256<double> left, Vector256<double> right) => left / right;

    public static Vector256<double> MultiplyAdd(Vector256<double> left, Vector256<double> right, Vector256<double> addend) =>
        Vector256.MultiplyAddEstimate(left, right, addend);

    public static Vector256<double> Max(Vector256<double> left, Vector256<double> right) => Vector256.MaxNative(left, right);

    public static Vector256<double> WhereGreater(Vector256<double> left, Vector256<double> right, Vector256<double> yes, Vector256<double> no) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(left, right), yes, no);

    public static bool AnyAtMost(Vector256<double> left, Vector256<double> right) => Vector256.LessThanOrEqualAny(left, right);

    public static double Sum(Vector256<double> value) => Vector256.Sum(value);

    public static Vector256<double> AddToExponent(Vector256<double> value, Vector256<double> integers) =>
        (value.AsInt64() + (integers.AsInt64() << 52)).AsDouble();
}

/// <summary>8 doubles at a time.</summary>
internal readonly struct Simd512 : ISimd<Vector512<double>>
{
    public static int Lanes => Vector512<double>.Count;

    public static Vector512<double> LaneNumbers => Vector512<double>.Indices;

    public static Vector512<double> Broadcast(double value) => Vector512.Create(value);

    public static Vector512<double> Load(ref readonly double source, nint offset) =>
        Vector512.LoadUnsafe(ref Unsafe.Add(ref Unsafe.AsRef(in source), offset));

    public static void Store(Vector512<double> value, ref double target, nint offset) => value.StoreUnsafe(ref Unsafe.Add(ref target, offset));

    public static Vector512<double> Add(Vector512<double> left, Vector512<double> right) => left + right;

    public static Vector512<double> Subtract(Vector512<double> left, Vector512<double> right) => left - right;

    public static Vector512<double> Multiply(Vector512<double> left, Vector512<double> right) => left * right;

    public static Vector512<double> Divide(Vector512<double> left, Vector512<double> right) => left / right;

    public static Vector512<double> MultiplyAdd(Vector512<double> left, Vector512<double> right, Vector512<double> addend) =>
        Vector512.MultiplyAddEstimate(left, right, addend);

    public static Vector512<double> Max(Vector512<double> left, Vector512<double> right) => Vector512.MaxNative(left, right);

    public static Vector512<double> WhereGreater(Vector512<double> left, Vector512<double> right, Vector512<double> yes, Vector512<double> no) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(left, right), yes, no);

    public static bool AnyAtMost(Vector512<double> left, Vector512<double> right) => Vector512.LessThanOrEqualAny(left, right);

    public static double Sum(Vector512<double> value) => Vector512.Sum(value);

    public static Vector512<double> AddToExponent(Vector512<double> value, Vector512<double> integers) =>
        (value.AsInt64() + (integers.AsInt64() << 52)).AsDouble();
}

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
