namespace SoftPerm.Experiments.Tasks.Neighbours;

/// <summary>What a test of the neighbours task measures on all test images.</summary>
/// <param name="Accuracy">The share of test images classified right, as the run was trained to classify.</param>
/// <param name="Votes">The same by the vote of the exact k nearest among all training images, for several k and both weightings; none for
/// a classifier without neighbours.</param>
public sealed record KnnFigures(double Accuracy, IReadOnlyList<VoteFigure> Votes);

/// <summary>The accuracy of one vote.</summary>
/// <param name="K">How many neighbours voted.</param>
/// <param name="Weighting">How much each counted.</param>
/// <param name="Accuracy">The share of images classified right.</param>
public sealed record VoteFigure(int K, NeighbourWeighting Weighting, double Accuracy);
