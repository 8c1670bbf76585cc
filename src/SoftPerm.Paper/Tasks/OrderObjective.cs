using SoftPerm.Paper.Networks;
using SoftPerm.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SoftPerm.Paper.Tasks;

/// <summary>What a network's outputs for a sequence of images mean as an order, and the loss by which they learn it.</summary>
/// <param name="isStochastic">Whether training draws samples.</param>
internal abstract class OrderObjective(bool isStochastic)
{
    /// <summary>Whether training draws samples.</summary>
    public bool IsStochastic => isStochastic;

    /// <summary>Whether the temperature has an effect.</summary>
    public virtual bool HasTemperature => true;

    /// <summary>Whether the loss is of a relaxed permutation, the one of <see cref="Relax"/>.</summary>
    public virtual bool IsRelaxed => true;

    /// <summary>The fewest samples a step.</summary>
    public virtual long LeastSamples => 1;

    /// <summary>Whether the same network takes sequences of any length, each image alone, and scores it.</summary>
    public virtual bool TakesAnyLength => true;

    /// <summary>Numbers the network puts out for each image of a sequence.</summary>
    public virtual int OutputsPerImage(int items) => 1;

    /// <summary>The layers after the image network, [sequences·items, outputs] to what <see cref="Relax"/> takes; null for none.</summary>
    public virtual Module<Tensor, Tensor>? Head(int items) => null;

    /// <summary>The relaxed permutation of each sequence.</summary>
    /// <param name="outputs">What the network put out, for whole sequences, image after image.</param>
    /// <param name="items">Images of a sequence.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="draws">How a stochastic objective draws, or null for its deterministic permutation.</param>
    /// <returns>Batch shape [sequences], or [samples, sequences] where it drew.</returns>
    public abstract RelaxedPermutation Relax(Tensor outputs, int items, double temperature, Draws? draws);

    /// <summary>The order found, without noise: int64 [sequences, items], the item at each place.</summary>
    public virtual Tensor Order(Tensor outputs, int items)
    {
        using var permutation = Relax(outputs, items, 1, null);
        return permutation.Order();
    }

    /// <summary>The loss, a scalar: the cross-entropy of the relaxed permutation's rows to the true order, unless an objective has its own.</summary>
    /// <param name="outputs">As for <see cref="Relax"/>.</param>
    /// <param name="trueOrder">int64 [sequences, items].</param>
    /// <param name="temperature">τ.</param>
    /// <param name="draws">How a stochastic objective draws; null for the loss without noise, of outputs that are sorted hard.</param>
    public virtual Tensor Loss(Tensor outputs, Tensor trueOrder, double temperature, Draws? draws)
    {
        using var permutation = Relax(outputs, (int)trueOrder.size(-1), temperature, draws);
        return permutation.CrossEntropy(trueOrder).mean();
    }

    /// <summary>Draws a network from images [sequences·items, 1, height, width] to what <see cref="Relax"/> takes: the images' network, then the head, if there is one.</summary>
    public Module<Tensor, Tensor> CreateNetwork(string name, int height, int width, int items, Generator generator)
    {
        var images = NumberNetworks.Create(name, height, width, OutputsPerImage(items), generator);
        if (Head(items) is not { } head) return images;
        WeightDraw.He(head, generator);
        return Sequential(("images", images), ("head", head));
    }
}

/// <summary>How to draw.</summary>
/// <param name="Samples">How often.</param>
/// <param name="Noise">Where from.</param>
internal readonly record struct Draws(int Samples, Generator Noise);

/// <summary>The ways to learn an order of images, by name: the methods of tasks on sequences.</summary>
internal static class OrderObjectives
{
    /// <summary>A relaxation of sorting the scores.</summary>
    public const string Deterministic = "deterministic";

    /// <summary>A relaxation of sorting Plackett-Luce samples, the scores being the logits.</summary>
    public const string Stochastic = "stochastic";

    /// <summary>Dense layers over all images at once.</summary>
    public const string Vanilla = "vanilla";

    /// <summary>The relaxation of scores unless another is given.</summary>
    public const string UsualRelaxation = "neural-sort";

    private static readonly OrderedDictionary<string, Func<KnownRelaxation, OrderObjective>> Known = new()
    {
        [Deterministic] = relaxation => OfScores(relaxation, isStochastic: false),
        [Stochastic] = relaxation => OfScores(relaxation, isStochastic: true),
        [Vanilla] = _ => new VanillaObjective(),
        ["sinkhorn"] = _ => new SinkhornObjective(isStochastic: false),
        ["gumbel-sinkhorn"] = _ => new SinkhornObjective(isStochastic: true),
        ["reinforce"] = _ => new ScoreFunctionObjective(Baseline.None),
        ["reinforce-leave-one-out"] = _ => new ScoreFunctionObjective(Baseline.LeaveOneOut),
    };

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys];

    /// <summary>The names of those that learn through a relaxed permutation.</summary>
    public static IReadOnlyList<string> RelaxedNames { get; } = [.. Known.Keys.Where(name => Of(name).IsRelaxed)];

    /// <summary>Whether a method relaxes scores, so that it may take any relaxation.</summary>
    public static bool TakesRelaxation(string name) => name is Deterministic or Stochastic;

    /// <summary>The objective of a name, one of <see cref="Names"/>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="relaxation">What relaxes scores, where the method has some: a name of <see cref="RelaxationCatalog"/>.</param>
    public static OrderObjective Of(string name, string relaxation = UsualRelaxation) => Known[name](RelaxationCatalog.Of(relaxation));

    private static OrderObjective OfScores(KnownRelaxation relaxation, bool isStochastic) => relaxation.Properties.HasFlag(RelaxationProperties.Matrix)
        ? new ScoreObjective(relaxation, isStochastic)
        : new RankObjective(relaxation);
}

/// <summary>A score for each image.</summary>
internal abstract class ScoredObjective(bool isStochastic) : OrderObjective(isStochastic)
{
    public sealed override Tensor Order(Tensor outputs, int items)
    {
        using var permutation = new ExactSort().Relax(Scores(outputs, items));
        return permutation.Order();
    }

    /// <summary>The exact sort: those that relax scores have their own.</summary>
    public override RelaxedPermutation Relax(Tensor outputs, int items, double temperature, Draws? draws) =>
        new ExactSort().Relax(Scores(outputs, items));

    /// <summary>The scores of each sequence.</summary>
    protected static Tensor Scores(Tensor outputs, int items) => outputs.reshape(-1, items);
}

/// <summary>A relaxation of sorting the scores, or of Plackett-Luce samples whose logits they are.</summary>
/// <param name="relaxation">The relaxation, one with a matrix.</param>
/// <param name="isStochastic">Whether to draw in training.</param>
internal sealed class ScoreObjective(KnownRelaxation relaxation, bool isStochastic) : ScoredObjective(isStochastic)
{
    public override RelaxedPermutation Relax(Tensor outputs, int items, double temperature, Draws? draws)
    {
        var sorting = (Relaxation)relaxation.Create(temperature, true);
        var scores = Scores(outputs, items);
        return IsStochastic && draws is { } d ? new PlackettLuce(scores).RelaxedSample(d.Samples, sorting, d.Noise) : sorting.Relax(scores);
    }
}

/// <summary>The squared difference of soft ranks from true ones, for relaxations that have no matrix.</summary>
internal sealed class RankObjective(KnownRelaxation relaxation) : ScoredObjective(isStochastic: false)
{
    public override bool IsRelaxed => false;

    public override Tensor Loss(Tensor outputs, Tensor trueOrder, double temperature, Draws? draws)
    {
        using var scope = NewDisposeScope();
        var ranks = relaxation.Create(temperature, true).Rank(Scores(outputs, (int)trueOrder.size(-1)));
        return ranks.sub(trueOrder.argsort(-1)).Squared().mean().MoveToOuterDisposeScope();
    }
}

/// <summary>REINFORCE over Plackett-Luce: the cost of an order is the share of places that hold a wrong item.</summary>
/// <remarks>The cross-entropy of the other objectives is infinite at every wrong order, so it cannot be the cost of hard ones.</remarks>
internal sealed class ScoreFunctionObjective(Baseline baseline) : ScoredObjective(isStochastic: true)
{
    private readonly ScoreFunctionEstimator estimator = new(baseline);

    public override bool IsRelaxed => false;

    public override bool HasTemperature => false;

    public override long LeastSamples => estimator.LeastSamples;

    public override Tensor Loss(Tensor outputs, Tensor trueOrder, double temperature, Draws? draws)
    {
        var items = (int)trueOrder.size(-1);
        return draws is { } d
            ? estimator.Surrogate(new PlackettLuce(Scores(outputs, items)), p => Wrong(p.Order(), trueOrder), d.Samples, d.Noise).mean()
            : Wrong(Order(outputs, items), trueOrder).mean();
    }

    private static Tensor Wrong(Tensor order, Tensor trueOrder) => order.ne(trueOrder).to(float32).mean([-1]);
}

/// <summary>A logit for each image and place; the Sinkhorn operator's matrix of them, or of them with Gumbel noise.</summary>
internal sealed class SinkhornObjective(bool isStochastic) : OrderObjective(isStochastic)
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

/// <summary>The vanilla row-stochastic baseline: the features of all images side by side, three layers of n² units, a softmax for each row.</summary>
internal sealed class VanillaObjective() : OrderObjective(isStochastic: false)
{
    public override int OutputsPerImage(int items) => items;

    public override bool TakesAnyLength => false;

    public override Module<Tensor, Tensor> Head(int items) => NumberNetworks.DenseHead(items, (long)items * items);

    public override RelaxedPermutation Relax(Tensor outputs, int items, double temperature, Draws? draws) =>
        RelaxedPermutation.FromRows(outputs.reshape(-1, items, items).div(Number(temperature)));
}
