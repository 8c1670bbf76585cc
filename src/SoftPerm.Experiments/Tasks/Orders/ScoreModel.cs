using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Orders;

/// <summary>A score for each image; NeuralSort of the scores, or of Plackett-Luce samples whose logits they are.</summary>
internal sealed class ScoreModel(bool isStochastic) : OrderModel(isStochastic)
{
    public override RelaxedPermutation Relax(Tensor outputs, int items, double temperature, Draws? draws)
    {
        var relaxation = new NeuralSort(temperature);
        var scores = Scores(outputs, items);
        return IsStochastic && draws is { } d ? new PlackettLuce(scores).RelaxedSample(d.Samples, relaxation, d.Noise) : relaxation.Relax(scores);
    }

    /// <summary>The scores of each sequence.</summary>
    public static Tensor Scores(Tensor outputs, int items) => outputs.reshape(-1, items);
}
