using SoftPerm.Experiments.Datasets;

namespace SoftPerm.Experiments.Reports;

/// <summary>A query image and its nearest neighbours, ready to be shown.</summary>
/// <param name="Query">One image with its true label.</param>
/// <param name="Neighbours">Its neighbours with their labels, nearest first.</param>
/// <param name="Distances">The distance of each neighbour.</param>
/// <param name="Predicted">The label the neighbours gave the query.</param>
public sealed record NeighbourDrawing(ImageSet Query, ImageSet Neighbours, IReadOnlyList<double> Distances, byte Predicted)
{
    /// <summary>The query's true label.</summary>
    public byte Label => Query.Labels[0];

    /// <summary>Whether the query was classified right.</summary>
    public bool IsRight => Predicted == Label;

    /// <exception cref="ArgumentException">The parts do not belong to one query.</exception>
    internal void Check()
    {
        if (Query.Count != 1) throw new ArgumentException($"The query is {Query.Count} images; it must be 1.");
        if (Neighbours.Count == 0) throw new ArgumentException("The query has no neighbours; at least 1 is needed.");
        if (Distances.Count != Neighbours.Count)
            throw new ArgumentException($"{Neighbours.Count} neighbours have {Distances.Count} distances; each needs one.");
        if (Query.Channels is not (1 or 3)) throw new ArgumentException($"Images have {Query.Channels} channels; allowed are 1 and 3.");
        if ((Query.Channels, Query.Height, Query.Width) != (Neighbours.Channels, Neighbours.Height, Neighbours.Width))
            throw new ArgumentException("The query and its neighbours must be images of one shape.");
    }
}
