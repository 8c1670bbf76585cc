using SoftPerm.Experiments.Tasks.Orders;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Sorting;

/// <summary>The squared difference of soft ranks from true ones, for relaxations that have no matrix.</summary>
internal sealed class RankSortMethod(KnownRelaxation relaxation) : SortMethod
{
    public override OrderModel Model { get; } = OrderModels.Of(OrderModels.Deterministic);

    public override bool IsRelaxed => false;

    public override Tensor Loss(Tensor outputs, Tensor trueOrder, double temperature, Draws draws) => HardLoss(outputs, trueOrder, temperature);

    public override Tensor HardLoss(Tensor outputs, Tensor trueOrder, double temperature)
    {
        using var scope = NewDisposeScope();
        var ranks = relaxation.Create(temperature, true).Rank(ScoreModel.Scores(outputs, (int)trueOrder.size(-1)));
        return ranks.sub(trueOrder.argsort(-1)).Squared().mean().MoveToOuterDisposeScope();
    }
}
