namespace SoftPerm.Kernels.Numerics;

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
