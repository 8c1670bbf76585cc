using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Orders;

/// <summary>A logit for each image and place; the Sinkhorn operator's matrix of them, or of them with Gumbel noise.</summary>
internal sealed class SinkhornModel(bool isStochastic) : OrderModel(isStochastic)
{
    public override int OutputsPerImage(int items) => items;

    public override bool TakesAnyLength => false;

    public override RelaxedPermutation Relax(Tensor outputs, int items, double temperature, Draws? draws)
    {
        var sinkhorn = new Sinkhorn(temperature);
        var logits = outputs.reshape(-1, items, items).transpose(-1, -2); // row i for place i
        var result = IsStochastic && draws is { } d ? new GumbelSinkhorn(logits).RelaxedSample(d.Samples, sinkhorn, d.Noise) : sinkhorn.Normalize(logits);
        result.Residual.Dispose();
        return result.Permutation;
    }
}
