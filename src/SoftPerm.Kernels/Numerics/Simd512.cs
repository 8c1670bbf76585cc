using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SoftPerm.Kernels.Numerics;

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
