using SoftPerm.Experiments.Tasks.Orders;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Sorting;

/// <summary>REINFORCE over Plackett-Luce: the cost of an order is the share of places that hold a wrong item.</summary>
/// <remarks>The cross-entropy of the other methods is infinite at every wrong order, so it cannot be the cost of hard ones.</remarks>
internal sealed class ScoreFunctionSortMethod(Baseline baseline) : SortMethod
{
    private readonly ScoreFunctionEstimator estimator = new(baseline);

    public override OrderModel Model { get; } = OrderModels.Of(OrderModels.Stochastic);

    public override bool IsRelaxed => false;

    public override bool HasTemperature => false;

    public override long LeastSamples => estimator.LeastSamples;

    public override Tensor Loss(Tensor outputs, Tensor trueOrder, double temperature, Draws draws)
    {
        var logits = ScoreModel.Scores(outputs, (int)trueOrder.size(-1));
        return estimator.Surrogate(new PlackettLuce(logits), p => Wrong(p.Order(), trueOrder), draws.Samples, draws.Noise).mean();
    }

    public override Tensor HardLoss(Tensor outputs, Tensor trueOrder, double temperature) =>
        Wrong(Model.Order(outputs, (int)trueOrder.size(-1)), trueOrder).mean();

    private static Tensor Wrong(Tensor order, Tensor trueOrder) => order.ne(trueOrder).to(float32).mean([-1]);
}
