#pragma warning disable RS0030 // the one place that may make numbers
namespace SoftPerm;

/// <summary>Numbers for libtorch that outlive the call they are made for, whenever the garbage collector runs.</summary>
/// <remarks>
/// <para>TorchSharp 0.107.0 wraps a number that it hands to libtorch (<c>x.mul(2)</c>) in a <see cref="Scalar"/> with a finalizer, and does not
/// hold it during the call: a collection at that moment frees what libtorch reads. Some operations make such a number themselves:
/// <c>add</c> of two tensors the factor 1, <c>square</c> the exponent 2. Write <c>x.mul(Number(2))</c>, <c>x.Plus(y)</c>, <c>x.Squared()</c>.</para>
/// <para><b>Properties.</b> A number is held until its thread has made 63 more. An operation takes three at most and runs no managed code
/// while it reads them, so it is always held for long enough.</para>
/// <para><b>Source.</b> docs/torchsharp-and-the-collector.md.</para>
/// <para><b>Until.</b> TorchSharp holds its numbers during a call (its pull request 1434 or the like); BannedSymbols.txt goes too.</para>
/// </remarks>
public static class Held
{
    private const int Kept = 64;
    private static readonly Scalar Zero = 0L.ToScalar(), One = 1L.ToScalar(), Two = 2L.ToScalar();

    [ThreadStatic]
    private static Scalar[]? recent;

    [ThreadStatic]
    private static int next;

    /// <summary>A floating-point number.</summary>
    /// <param name="value">Any, NaN and infinities too.</param>
    public static Scalar Number(double value) => Keep(value.ToScalar());

    /// <summary>A whole number.</summary>
    /// <param name="value">Any.</param>
    public static Scalar Number(long value) => Keep(value.ToScalar());

    /// <summary>The sum of two tensors.</summary>
    /// <param name="tensor">One.</param>
    /// <param name="other">The other, broadcasting with it.</param>
    public static Tensor Plus(this Tensor tensor, Tensor other) => tensor.add(other, One);

    /// <summary>A tensor with a number added to each entry.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="number">What to add.</param>
    public static Tensor Plus(this Tensor tensor, double number) => tensor.add(Number(number), One);

    /// <summary>A tensor with a whole number added to each entry; integers stay integers.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="number">What to add.</param>
    public static Tensor Plus(this Tensor tensor, long number) => tensor.add(Number(number), One);

    /// <summary>The square of each entry.</summary>
    /// <param name="tensor">The tensor.</param>
    public static Tensor Squared(this Tensor tensor) => tensor.pow(Two);

    /// <summary>The numbers 0 to n - 1.</summary>
    /// <param name="count">n.</param>
    /// <param name="type">Their type.</param>
    /// <param name="device">Where they are wanted; null for the CPU.</param>
    public static Tensor Indices(long count, ScalarType type, Device? device = null) => arange(Zero, Number(count), One, type, device);

    private static Scalar Keep(Scalar number)
    {
        recent ??= new Scalar[Kept];
        recent[next] = number;
        next = (next + 1) % Kept; // a count of all would overflow after hours
        return number;
    }
}
