using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SoftPerm.Kernels.Numerics;

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
