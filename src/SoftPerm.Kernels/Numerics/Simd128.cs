using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SoftPerm.Kernels.Numerics;

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
