using System.Globalization;
using SoftPerm.Paper;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Training;

namespace SoftPerm.Cli;

/// <summary><c>softperm train sort</c>: trains a network to sort images by a number it never sees.</summary>
internal sealed class TrainSortCommand : TrainTaskCommand<SortConfig, SortFigures>
{
    /// <summary>Learns in a minute or two from embedded digits: long training sequences, tested at five items.</summary>
    private static readonly SortConfig Quick = new()
    {
        Dataset = "generated",
        Digits = 2,
        Items = 5,
        TrainItems = 50,
        Sequences = 2,
        Steps = 1200,
        Network = "small",
        LearningRate = 2e-3,
        ValidateEvery = 250,
        ValidationSequences = 200,
        TestSequences = 2000,
    };

    private static readonly Setting<SortConfig>[] Settings =
    [
        .. SequenceSettings.For<SortConfig>(),
        Setting<SortConfig>.Of<int>("--items", "Items of a sequence in validation and test, and in training unless --train-items says otherwise.", c => c.Items, (c, v) => c with { Items = v, TrainItems = c.TrainItems == c.Items ? v : c.TrainItems }),
        Setting<SortConfig>.Of<int>("--train-items", "Items of a training sequence: long ones teach more per image.", c => c.TrainItems, (c, v) => c with { TrainItems = v }),
        Setting<SortConfig>.Of<string>("--method", "deterministic or stochastic (a relaxation of scores), vanilla, sinkhorn, gumbel-sinkhorn, reinforce or reinforce-leave-one-out (Plackett-Luce).", c => c.Method, (c, v) => c with { Method = v }).Offering(SortConfig.Methods),
    ];

    /// <summary>Builds the command.</summary>
    public TrainSortCommand() : base(
        PaperTasks.Sort, new SortConfig(), Quick, "Train a network to sort images by a number it never sees.",
        "Embedded digits, two to an image, and a small network: learns in a minute or two. Other options still apply.", Settings) => this.WithExamples(
            "softperm train sort --quick",
            "softperm train sort --dataset mnist --items 5 --digits 4 --steps 5000",
            "softperm train sort --dataset mnist --train-items 100 --sequences 1 --network small --learning-rate 2e-3",
            "softperm train sort --quick --relaxation soft-sort",
            "softperm train sort --resume runs/my-run");

    /// <inheritdoc/>
    protected override string MethodOf(SortConfig config) => config.Method;

    /// <inheritdoc/>
    protected override string Summary(TrainingResult<SortConfig, SortFigures> result) => string.Create(CultureInfo.InvariantCulture,
        $"Test on {result.Config.TestSequences} sequences of {result.Config.Items}: whole permutations {result.Test.PermutationAccuracy:f4}, ranks {result.Test.RankAccuracy:f4}");
}
