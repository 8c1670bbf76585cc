using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Orders;

/// <summary>A score for each image; a relaxation of sorting the scores, or Plackett-Luce samples whose logits they are.</summary>
/// <param name="relaxation">The relaxation, one with a matrix.</param>
/// <param name="isStochastic">Whether to draw in training.</param>
internal sealed class ScoreModel(KnownRelaxation relaxation, bool isStochastic) : OrderModel(isStochastic)
{
    public override RelaxedPermutation Relax(Tensor outputs, int items, double temperature, Draws? draws)
    {
        var sorting = (Relaxation)relaxation.Create(temperature, true);
        var scores = Scores(outputs, items);
        return IsStochastic && draws is { } d ? new PlackettLuce(scores).RelaxedSample(d.Samples, sorting, d.Noise) : sorting.Relax(scores);
    }

    public override Tensor Order(Tensor outputs, int items)
    {
        using var permutation = new ExactSort().Relax(Scores(outputs, items));
        return permutation.Order();
    }

    /// <summary>The scores of each sequence.</summary>
    public static Tensor Scores(Tensor outputs, int items) => outputs.reshape(-1, items);
}
