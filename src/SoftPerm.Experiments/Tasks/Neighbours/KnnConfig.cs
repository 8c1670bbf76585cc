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

    /// <summary>How neighbours are weighted.</summary>
    public NeighbourWeighting Weighting { get; init; }

    /// <summary>What relaxes the sort of the candidates by distance: a name of <see cref="RelaxationCatalog"/> that has a matrix.</summary>
    public string Relaxation { get; init; } = "neural-sort";

    /// <summary>The names that <see cref="Relaxation"/> may have.</summary>
    public static IReadOnlyList<string> Relaxations { get; } =
        [.. RelaxationCatalog.All.Where(known => known.Properties.HasFlag(RelaxationProperties.Matrix)).Select(known => known.Name)];

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

    /// <summary>The weighting of a name, in any letters.</summary>
    /// <exception cref="UserErrorException">There is none of that name.</exception>
    public static NeighbourWeighting WeightingOf(string name)
    {
        var names = Enum.GetNames<NeighbourWeighting>().Select(n => n.ToLowerInvariant()).ToArray();
        RequireOneOf(names, "weighting", name.ToLowerInvariant());
        return Enum.GetValues<NeighbourWeighting>()[Array.IndexOf(names, name.ToLowerInvariant())];
    }

    /// <inheritdoc/>
    internal override string Title => $"Neighbours on {Dataset}: {Network}, k = {K}, {Method}";

    private static IEnumerable<string> MethodsWithNeighbours => KnnMethods.Names.Except([KnnMethods.Classifier]);

    private bool HasNeighbours => Method != KnnMethods.Classifier;

    /// <inheritdoc/>
    private protected override string MethodName => Method;

    /// <inheritdoc/>
    private protected override bool HasTemperature => HasNeighbours;

    /// <inheritdoc/>
    private protected override IEnumerable<string> MethodsWithSamples => [KnnMethods.Stochastic];

    /// <inheritdoc/>
    private protected override IEnumerable<string> Choices =>
    [
        $"{Dataset} images", $"{Network} network", HasNeighbours ? $"{Relaxation} ({Method})" : $"linear classifier ({Method})", TemperatureText,
        HasNeighbours ? FormattableString.Invariant($"{K} neighbours of {Queries} queries among {Candidates} candidates") : FormattableString.Invariant($"{Queries + Candidates} images a step"),
    ];

    /// <inheritdoc/>
    public override string? WhyUnused(string given) => given is "--k" or "--weighting" or "--relaxation" && !HasNeighbours
        ? ForMethods("has no neighbours", MethodsWithNeighbours)
        : base.WhyUnused(given);

    /// <inheritdoc/>
    internal override ITrainingTask<KnnFigures> CreateTask(ImageDataset data) => new KnnTask(this, data);

    /// <inheritdoc/>
    internal override void Validate()
    {
        base.Validate();
        RequireOneOf(EmbeddingNetworks.Names, "network", Network);
        RequireOneOf(KnnMethods.Names, "method", Method);
        RequireOneOf(Relaxations, "relaxation", Relaxation);
        Require(Queries is >= 1 and <= 10_000, "queries", Queries, "1 to 10000");
        Require(Candidates is >= 1 and <= 10_000, "candidates", Candidates, "1 to 10000");
        Require(K >= 1 && (K <= Candidates || !HasNeighbours), "k", K, $"1 to --candidates ({Candidates})");
        Require(Momentum is >= 0 and < 1, "momentum", Momentum, "0 to below 1");
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), "weight-decay", WeightDecay, "0 or more");
        Require(ValidationImages is >= 1 and <= 1_000_000, "validation-images", ValidationImages, "1 to 1000000");
    }
}
