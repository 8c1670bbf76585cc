using SoftPerm.Paper.Networks;
using SoftPerm.Training;

namespace SoftPerm.Paper.Tasks.Neighbours;

/// <summary>Everything that determines a run of the neighbours task; written to <c>config.json</c>.</summary>
public sealed record KnnConfig : PaperConfig
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

    /// <summary>The names that <see cref="Method"/> may have.</summary>
    public static IReadOnlyList<string> Methods => KnnMethods.Names;

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

    /// <inheritdoc/>
    public override string Title() => $"Neighbours on {Dataset}: {Network}, k = {K}, {Method}";

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
    public override string? WhyUnused(string setting) => setting is nameof(K) or nameof(Weighting) or nameof(Relaxation) && !HasNeighbours
        ? ForMethods("has no neighbours", MethodsWithNeighbours)
        : base.WhyUnused(setting);

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Settings.RequireOneOf(EmbeddingNetworks.Names, nameof(Network), Network);
        Settings.RequireOneOf(Methods, nameof(Method), Method);
        Settings.RequireOneOf(Relaxations, nameof(Relaxation), Relaxation);
        Settings.Require(Queries is >= 1 and <= 10_000, nameof(Queries), Queries, "1 to 10000");
        Settings.Require(Candidates is >= 1 and <= 10_000, nameof(Candidates), Candidates, "1 to 10000");
        Settings.Require(K >= 1 && (K <= Candidates || !HasNeighbours), nameof(K), K, $"1 to 'Candidates' ({Candidates})");
        Settings.Require(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "0 to below 1");
        Settings.Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), nameof(WeightDecay), WeightDecay, "0 or more");
        Settings.Require(ValidationImages is >= 1 and <= 1_000_000, nameof(ValidationImages), ValidationImages, "1 to 1000000");
    }
}

/// <summary>The ways to train the network of the neighbours task.</summary>
internal static class KnnMethods
{
    /// <summary>Through NeuralSort of the distances.</summary>
    public const string Deterministic = "deterministic";

    /// <summary>Through NeuralSort of Plackett-Luce samples, whose logits the negative squared distances are.</summary>
    public const string Stochastic = "stochastic";

    /// <summary>Without neighbours: a linear classifier of the features, by the cross-entropy.</summary>
    public const string Classifier = "cnn";

    /// <summary>The names of all methods.</summary>
    public static IReadOnlyList<string> Names { get; } = [Deterministic, Stochastic, Classifier];

    /// <summary>The numbers of neighbours the paper has.</summary>
    public static IReadOnlyList<int> Neighbours { get; } = [1, 3, 5, 9];
}
