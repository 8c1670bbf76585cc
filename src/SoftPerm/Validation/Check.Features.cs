namespace SoftPerm.Validation;

/// <summary>The checks of features and their labels.</summary>
internal static partial class Check
{
    /// <summary>Features: [..., q, d], of a floating-point type.</summary>
    public static void Features(Tensor features, string name)
    {
        ArgumentNullException.ThrowIfNull(features, name);
        if (features.dim() < 2) throw new ArgumentException($"{name} must have at least two axes, [..., n, d]; the shape is {Text(features.shape)}.", name);
        if (!features.is_floating_point())
            throw new ArgumentException($"{name} must be {FloatingTypes}; it is {features.dtype}.", name);
    }

    /// <summary>Candidates for checked queries: [..., c, d], broadcasting with them, of their type and device.</summary>
    public static void Candidates(Tensor candidates, Tensor queries, string name)
    {
        Features(candidates, name);
        long[] shape = candidates.shape, other = queries.shape;
        if (shape[^1] != other[^1] || Broadcast(shape.AsSpan()[..^2], other.AsSpan()[..^2]) is null)
            throw new ArgumentException($"{name} must have shape [..., c, {other[^1]}], leading axes broadcasting with the queries' {Text(other)}; the shape is {Text(shape)}.", name);
        if (candidates.dtype != queries.dtype) throw new ArgumentException($"{name} must be {queries.dtype} as the queries are; it is {candidates.dtype}.", name);
        Device(candidates, queries.device, name, "queries");
    }

    /// <summary>Labels: int64 [..., n], one for each entry on an axis of weights [..., q, c], broadcasting with their batch.</summary>
    public static void Labels(Tensor labels, Tensor weights, Index axis, string name)
    {
        Indices(labels, name);
        long[] shape = labels.shape, other = weights.shape;
        if (shape.Length == 0 || shape[^1] != other[axis] || Broadcast(shape.AsSpan()[..^1], other.AsSpan()[..^2]) is null)
            throw new ArgumentException($"{name} must have shape {Text([.. other[..^2], other[axis]])} or broadcast with it; the shape is {Text(shape)}.", name);
        Device(labels, weights.device, name, "features");
    }

    /// <summary>Checked labels that are classes: 0 to below their number.</summary>
    public static void Classes(Tensor labels, long classes, string name) => InRange(labels, classes, name, "classes");
}
