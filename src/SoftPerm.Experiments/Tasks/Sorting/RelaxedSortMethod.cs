using SoftPerm.Experiments.Tasks.Orders;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Sorting;

/// <summary>The cross-entropy of the relaxed permutation's rows to the true order.</summary>
internal sealed class RelaxedSortMethod(OrderModel model) : SortMethod
{
    public override OrderModel Model => model;

    public override Tensor Loss(Tensor outputs, Tensor trueOrder, double temperature, Draws draws) =>
        CrossEntropy(outputs, trueOrder, temperature, draws);

    public override Tensor HardLoss(Tensor outputs, Tensor trueOrder, double temperature) => CrossEntropy(outputs, trueOrder, temperature, null);

    public override bool IsRelaxed => true;

    private Tensor CrossEntropy(Tensor outputs, Tensor trueOrder, double temperature, Draws? draws)
    {
        using var permutation = model.Relax(outputs, (int)trueOrder.size(-1), temperature, draws);
        return permutation.CrossEntropy(trueOrder).mean();
    }
}
