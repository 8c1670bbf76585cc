using SoftPerm.Experiments.Tasks.Orders;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Sorting;

/// <summary>A method of the sorting task: how a network's outputs and the true order become a loss.</summary>
internal abstract class SortMethod
{
    private static readonly OrderedDictionary<string, Func<Baseline>> ScoreFunction = new()
    {
        ["reinforce"] = () => Baseline.None,
        ["reinforce-leave-one-out"] = () => Baseline.LeaveOneOut,
    };

    /// <summary>The names of all methods.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. OrderModels.Names, .. ScoreFunction.Keys];

    /// <summary>The method of a name, one of <see cref="Names"/>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="relaxation">What relaxes scores, if the method does: a name of <see cref="RelaxationCatalog"/>.</param>
    public static SortMethod Of(string name, string relaxation = OrderModels.UsualRelaxation)
    {
        if (ScoreFunction.TryGetValue(name, out var baseline)) return new ScoreFunctionSortMethod(baseline());
        var known = RelaxationCatalog.Of(relaxation);
        return known.Properties.HasFlag(RelaxationProperties.Matrix) ? new RelaxedSortMethod(OrderModels.Of(name, relaxation)) : new RankSortMethod(known);
    }

    /// <summary>What the network's outputs mean.</summary>
    public abstract OrderModel Model { get; }

    /// <summary>Whether training draws samples.</summary>
    public virtual bool Draws => Model.IsStochastic;

    /// <summary>Whether the temperature has an effect.</summary>
    public virtual bool HasTemperature => true;

    /// <summary>The fewest samples a step.</summary>
    public virtual long LeastSamples => 1;

    /// <summary>The loss of training, a scalar.</summary>
    public abstract Tensor Loss(Tensor outputs, Tensor trueOrder, double temperature, Draws draws);

    /// <summary>The mean loss without noise, of outputs that are sorted hard.</summary>
    public abstract Tensor HardLoss(Tensor outputs, Tensor trueOrder, double temperature);

    /// <summary>Whether it trains the model's relaxed permutation.</summary>
    public abstract bool IsRelaxed { get; }
}
