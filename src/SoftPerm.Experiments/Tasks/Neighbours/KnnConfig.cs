using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Models;
using SoftPerm.Experiments.Training;

namespace SoftPerm.Experiments.Tasks.Neighbours;

/// <summary>Everything that determines a run of the neighbours task; written to <c>config.json</c>.</summary>
public sealed record KnnConfig : TrainingConfig<KnnFigures>
{
    /// <inheritdoc/>
    public override string Task => "knn";

    /// <summary>The network that embeds images, one of <see cref="EmbeddingNetworks.Names"/>.</summary>
    public string Network { get; init; } = EmbeddingNetworks.ConvNet;

    /// <summary>How the network is trained, one of the names of methods.</summary>
    public string Method { get; init; } = KnnMethods.Deterministic;

    /// <summary>The number of neighbours k.</summary>
    public int K { get; init; } = 9;

    /// <summary>How neighbours are weighted in training.</summary>
    public NeighbourWeighting Weighting { get; init; }

    /// <summary>Images of a step that are classified.</summary>
    public int Queries { get; init; } = 100;

    /// <summary>Images of a step among which their neighbours are.</summary>
    public int Candidates { get; init; } = 100;

    /// <summary>The momentum of gradient descent.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>What is added of the weights to their gradient.</summary>
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>Whether training images are moved and mirrored.</summary>
    public bool Augment { get; init; }

    /// <summary>Validation images classified at each validation, at most; among as many training images times ten.</summary>
    public int ValidationImages { get; init; } = 1000;

    /// <inheritdoc/>
    internal override string Title => $"Neighbours on {Dataset}: {Network}, k = {K}, {Method}";

    /// <inheritdoc/>
    internal override ITrainingTask<KnnFigures> CreateTask(ImageDataset data) => new KnnTask(this, data);

    /// <inheritdoc/>
    internal override void Validate()
    {
        base.Validate();
        RequireOneOf(EmbeddingNetworks.Names, "network", Network);
        RequireOneOf(KnnMethods.Names, "method", Method);
        Require(Queries is >= 1 and <= 10_000, "queries", Queries, "1 to 10000");
        Require(Candidates is >= 1 and <= 10_000, "candidates", Candidates, "1 to 10000");
        Require(K >= 1 && K <= Candidates, "k", K, $"1 to --candidates ({Candidates})");
        Require(Momentum is >= 0 and < 1, "momentum", Momentum, "0 to below 1");
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), "weight-decay", WeightDecay, "0 or more");
        Require(ValidationImages is >= 1 and <= 1_000_000, "validation-images", ValidationImages, "1 to 1000000");
    }
}
