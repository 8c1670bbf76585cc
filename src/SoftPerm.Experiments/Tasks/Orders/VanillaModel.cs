using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SoftPerm.Experiments.Tasks.Orders;

/// <summary>The vanilla row-stochastic baseline: the features of all images side by side, three layers of n² units, a softmax for each row.</summary>
internal sealed class VanillaModel() : OrderModel(isStochastic: false)
{
    public override int OutputsPerImage(int items) => items;

    public override bool TakesAnyLength => false;

    public override Module<Tensor, Tensor> Head(int items) => DenseHead(items, (long)items * items);

    public override RelaxedPermutation Relax(Tensor outputs, int items, double temperature, Draws? draws) =>
        RelaxedPermutation.FromRows(outputs.reshape(-1, items, items).div(Number(temperature)));

    /// <summary>n features of each of n images, side by side, through two layers of n² units to a number of outputs for the sequence.</summary>
    public static Module<Tensor, Tensor> DenseHead(int items, long outputs)
    {
        var units = (long)items * items;
        return Sequential(
            ("sequences", Unflatten(0, [-1, items])), ("concatenate", Flatten()),
            ("fc1", Linear(units, units)), ("relu1", ReLU()), ("fc2", Linear(units, units)), ("relu2", ReLU()), ("fc3", Linear(units, outputs)));
    }
}
