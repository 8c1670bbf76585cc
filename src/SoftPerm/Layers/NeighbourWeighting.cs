namespace SoftPerm;

/// <summary>How much each of the k nearest neighbours counts.</summary>
public enum NeighbourWeighting
{
    /// <summary>All count the same.</summary>
    Uniform,

    /// <summary>Each counts by the inverse of its Euclidean distance.</summary>
    Distance,
}
