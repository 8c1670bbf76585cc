namespace SoftPerm.Kernels.Permutahedron;

/// <summary>What a projection onto the permutahedron computes.</summary>
/// <param name="IsSort">Softly sorted keys, instead of what belongs to each item.</param>
/// <param name="Chosen">k, for the choice of the k largest keys; 0 for ranks, the largest key having the largest.</param>
internal readonly record struct ProjectionTarget(bool IsSort, int Chosen)
{
    /// <summary>Softly sorted keys, by place.</summary>
    public static ProjectionTarget Sort => new(true, 0);

    /// <summary>Ranks, by item.</summary>
    public static ProjectionTarget Rank => new(false, 0);

    /// <summary>How much each item belongs to the first k, by item.</summary>
    public static ProjectionTarget TopK(int k) => new(false, k);

    /// <summary>What the item at a place has in the limit of low temperature.</summary>
    /// <param name="place">The place.</param>
    /// <param name="behind">How many items come behind it.</param>
    public double Anchor(int place, int behind) => Chosen == 0 ? behind : place < Chosen ? 1 : 0;
}
