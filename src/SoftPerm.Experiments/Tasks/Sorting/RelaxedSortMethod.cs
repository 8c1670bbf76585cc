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

    public override double? ProjectionError(Tensor outputs, Tensor order, double temperature)
    {
        using var scope = NewDisposeScope();
        using var permutation = model.Relax(outputs, (int)order.size(-1), temperature, null);
        var matrix = permutation.Matrix();
        return matrix.sub(nn.functional.one_hot(order, order.size(-1)).to(matrix.dtype)).square().mean().to(float64).item<double>();
    }

    private Tensor CrossEntropy(Tensor outputs, Tensor trueOrder, double temperature, Draws? draws)
    {
        using var permutation = model.Relax(outputs, (int)trueOrder.size(-1), temperature, draws);
        return permutation.CrossEntropy(trueOrder).mean();
    }
}
