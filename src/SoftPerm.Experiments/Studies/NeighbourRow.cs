using System.Globalization;
using SoftPerm.Experiments.Tasks.Neighbours;

namespace SoftPerm.Experiments.Studies;

/// <summary>The accuracies of a cell.</summary>
/// <param name="Cell">The data set and features.</param>
/// <param name="Candidates">Training images searched.</param>
/// <param name="Queries">Test images classified.</param>
/// <param name="FeatureSeconds">Time to make the features.</param>
/// <param name="SearchSeconds">Time of the search.</param>
/// <param name="Votes">The accuracy of each vote.</param>
internal sealed record NeighbourRow(NeighbourCell Cell, int Candidates, int Queries, double FeatureSeconds, double SearchSeconds, IReadOnlyList<VoteFigure> Votes)
{
    /// <summary>The best vote, the first of several.</summary>
    public VoteFigure Best => Votes.MaxBy(v => v.Accuracy)!;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Cell.Dataset}, {Cell.Features}: {Best.Accuracy:f4} with k = {Best.K}, {Best.Weighting.ToString().ToLowerInvariant()} weights; features {FeatureSeconds:f0} s, search {SearchSeconds:f0} s");
}
