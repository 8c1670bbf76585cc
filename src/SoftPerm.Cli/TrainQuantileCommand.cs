using System.Globalization;
using SoftPerm.Paper;
using SoftPerm.Paper.Tasks.Quantiles;
using SoftPerm.Training;

namespace SoftPerm.Cli;

/// <summary><c>softperm train quantile</c>: trains a network to predict a quantile of the numbers that a set of images shows.</summary>
internal sealed class TrainQuantileCommand : TrainTaskCommand<QuantileConfig, QuantileFigures>
{
    private static readonly QuantileConfig Quick = new()
    {
        Dataset = "generated",
        Digits = 2,
        Network = "small",
        Sequences = 20,
        Steps = 1000,
        LearningRate = 2e-3,
        ValidateEvery = 250,
        ValidationSequences = 200,
        TestSequences = 2000,
    };

    private static readonly Setting<QuantileConfig>[] Settings =
    [
        .. SequenceSettings.For<QuantileConfig>(),
        Setting<QuantileConfig>.Of<int>("--items", "Images of a set.", c => c.Items, (c, v) => c with { Items = v }),
        Setting<QuantileConfig>.Of<double>("--quantile", "The quantile: 0 the smallest number, 0.5 the median, 1 the largest.", c => c.Quantile, (c, v) => c with { Quantile = v }),
        SwitchSetting.Of<QuantileConfig>("--shared-network", "true: one network scores an image and reads its value, where the paper has two.", c => c.SharedNetwork, (c, v) => c with { SharedNetwork = v }),
        Setting<QuantileConfig>.Of<string>("--method", "deterministic or stochastic (a relaxation of scores), vanilla (no sort), sinkhorn or gumbel-sinkhorn.", c => c.Method, (c, v) => c with { Method = v }).Offering(QuantileConfig.Methods),
    ];

    /// <summary>Builds the command.</summary>
    public TrainQuantileCommand() : base(
        PaperTasks.Quantile, new QuantileConfig(), Quick, "Train a network to predict the median, or another quantile, of the numbers in images, from that number alone.",
        "Embedded digits, two to an image, and a small network: learns in about a minute. Other options still apply.", Settings) => this.WithExamples(
            "softperm train quantile --quick",
            "softperm train quantile --dataset mnist --items 9 --quantile 0.5 --method stochastic --steps 10000",
            "softperm train quantile --resume runs/my-run");

    /// <inheritdoc/>
    protected override string MethodOf(QuantileConfig config) => config.Method;

    /// <inheritdoc/>
    protected override string Summary(TrainingResult<QuantileConfig, QuantileFigures> result) => string.Create(CultureInfo.InvariantCulture,
        $"""
        Test on {result.Config.TestSequences} sets of {result.Config.Items}: mean squared error {result.Test.MeanSquaredError:g5} (always predicting the middle: {result.Test.ConstantMeanSquaredError:g5})
        R² {result.Test.DeterminationCoefficient:f4}, squared correlation {result.Test.SquaredCorrelation:f4}, mean absolute error {result.Test.AbsoluteError:g4}
        """);
}
