using System.Runtime.CompilerServices;

namespace SoftPerm.Kernels.Numerics;

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
