using System.Globalization;
using SoftPerm.Paper;
using SoftPerm.Paper.Networks;
using SoftPerm.Paper.Tasks.Neighbours;
using SoftPerm.Training;

namespace SoftPerm.Cli;

/// <summary><c>softperm train knn</c>: trains a network whose features bring images next to those of their class.</summary>
internal sealed class TrainKnnCommand : TrainTaskCommand<KnnConfig, KnnFigures>
{
    private static readonly KnnConfig Usual = new() { Dataset = "mnist", LearningRate = 1e-2, Temperature = 16, FinalTemperature = 16 };

    private static readonly KnnConfig Quick = Usual with { Dataset = "generated", Steps = 150, WarmUp = 20, ValidateEvery = 50, LogEvery = 10, ValidationImages = 200 };

    private static readonly Setting<KnnConfig>[] Settings =
    [
        Setting<KnnConfig>.Of<string>("--network", "convnet, or resnet18.", c => c.Network, (c, v) => c with { Network = v }).Offering(EmbeddingNetworks.Names),
        Setting<KnnConfig>.Of<string>("--method", "deterministic or stochastic (a relaxed sort of distances), or cnn (a linear classifier, no neighbours).", c => c.Method, (c, v) => c with { Method = v }).Offering(KnnConfig.Methods),
        Setting<KnnConfig>.Of<int>("--k", "Neighbours.", c => c.K, (c, v) => c with { K = v }),
        Setting<KnnConfig>.Of<string>("--weighting", "How much a neighbour counts: uniform, or distance (the less the farther).", c => c.Weighting.ToString().ToLowerInvariant(), (c, v) => c with { Weighting = WeightingOf(v) }).Offering(Enum.GetNames<NeighbourWeighting>().Select(name => name.ToLowerInvariant())),
        Setting<KnnConfig>.Of<string>("--relaxation", $"What relaxes the sort: {string.Join(", ", KnnConfig.Relaxations)}.", c => c.Relaxation, (c, v) => c with { Relaxation = v }).Offering(KnnConfig.Relaxations),
        Setting<KnnConfig>.Of<int>("--queries", "Images of a step that are classified.", c => c.Queries, (c, v) => c with { Queries = v }),
        Setting<KnnConfig>.Of<int>("--candidates", "Images of a step among which their neighbours are.", c => c.Candidates, (c, v) => c with { Candidates = v }),
        Setting<KnnConfig>.Of<double>("--momentum", "The momentum of gradient descent.", c => c.Momentum, (c, v) => c with { Momentum = v }),
        Setting<KnnConfig>.Of<double>("--weight-decay", "What is added of the weights to their gradient.", c => c.WeightDecay, (c, v) => c with { WeightDecay = v }),
        SwitchSetting.Of<KnnConfig>("--augment", "true to move and mirror training images.", c => c.Augment, (c, v) => c with { Augment = v }),
        Setting<KnnConfig>.Of<int>("--validation-images", "Images classified at a validation.", c => c.ValidationImages, (c, v) => c with { ValidationImages = v }),
    ];

    /// <summary>Builds the command.</summary>
    public TrainKnnCommand() : base(
        PaperTasks.Knn, Usual, Quick, "Train nearest neighbours end to end: features in which images of a class are next to each other.",
        "Embedded digits and few steps: learns in about a minute. Other options still apply.", Settings) => this.WithExamples(
            "softperm train knn --quick",
            "softperm train knn --dataset mnist --k 9 --method stochastic --steps 5000",
            "softperm train knn --dataset cifar-10-sample --network resnet18 --steps 20 --augment true",
            "softperm train knn --resume runs/my-run");

    /// <inheritdoc/>
    protected override string MethodOf(KnnConfig config) => config.Method;

    /// <inheritdoc/>
    protected override string Summary(TrainingResult<KnnConfig, KnnFigures> result) => string.Join('\n', result.Test.Votes
        .Select(v => string.Create(CultureInfo.InvariantCulture, $"  k = {v.K}, {v.Weighting.ToString().ToLowerInvariant()} weights: {v.Accuracy:f4}"))
        .Prepend(string.Create(CultureInfo.InvariantCulture, $"Test: accuracy {result.Test.Accuracy:f4}")));

    private static NeighbourWeighting WeightingOf(string word)
    {
        var names = Enum.GetNames<NeighbourWeighting>().Select(name => name.ToLowerInvariant()).ToArray();
        SoftPerm.Training.Settings.RequireOneOf(names, nameof(KnnConfig.Weighting), word.ToLowerInvariant());
        return Enum.GetValues<NeighbourWeighting>()[Array.IndexOf(names, word.ToLowerInvariant())];
    }
}
