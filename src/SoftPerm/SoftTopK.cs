namespace SoftPerm;

/// <summary>A soft choice of the first k places.</summary>
/// <param name="Membership">How much each value belongs to it, of the shape of the values; sums to k along the axis, or to the number of values
/// there if that is less; by the entropic <see cref="Permutahedron"/>, to at least that.</param>
/// <param name="Values">The softly sorted values at the places, k along the axis.</param>
public readonly record struct SoftTopK(Tensor Membership, Tensor Values);
