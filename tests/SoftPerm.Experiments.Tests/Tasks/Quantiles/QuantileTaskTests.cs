using SoftPerm.Experiments.Tasks.Orders;
using SoftPerm.Experiments.Tasks.Quantiles;
using SoftPerm.Experiments.Tests.Training;
using Xunit;

namespace SoftPerm.Experiments.Tests.Tasks.Quantiles;

public sealed class QuantileTaskTests : IDisposable
{
    private static readonly QuantileConfig Config = new()
    {
        Digits = 1,
        Items = 3,
        Sequences = 16,
        Steps = 120,
        Network = "small",
        LearningRate = 2e-3,
        WarmUp = 2,
        LogEvery = 20,
        ValidateEvery = 60,
        ValidationSequences = 10,
        TestSequences = 10,
        Threads = 1,
    };

    private readonly TaskRuns<QuantileConfig, QuantileFigures> runs = new();

    public static TheoryData<string> Methods => [.. QuantileModel.Methods];

    public void Dispose() => runs.Dispose();

    [Theory, MemberData(nameof(Methods))]
    public void Loss_falls(string method) => runs.AssertLossFalls(Config with { Method = method }, 0.9);

    [Theory, InlineData(OrderModels.Deterministic), InlineData(OrderModels.Stochastic), InlineData(OrderModels.Vanilla)]
    public void A_run_stopped_and_resumed_repeats_an_uninterrupted_one_bit_for_bit(string method) =>
        runs.AssertResumes(Config with { Method = method, Sequences = 4, Steps = 30, LogEvery = 5, ValidateEvery = 10 }, 17);

    [Theory]
    [InlineData(0.0, 1), InlineData(0.5, 4), InlineData(1.0, 9), InlineData(0.25, 2.5), InlineData(0.75, 6.5)]
    public void Truth_is_interpolated_between_places(double quantile, double expected)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var numbers = TorchSharp.torch.tensor(new long[] { 9, 1, 4 }).reshape(1, 3);
        Assert.Equal(expected, QuantilePredictor.Truth(numbers, quantile).item<double>(), 12);
    }

    [Fact]
    public void Figures_are_errors_and_both_kinds_of_R_squared()
    {
        // Truth 1, 2, 3, 6 with mean 3 and Σ(y - ȳ)² = 14; predictions 2, 2, 4, 4 err by 1, 0, 1, 2: Σ = 6.
        var figures = QuantileFigures.Of([1, 2, 3, 6], [2, 2, 4, 4], middle: 5);
        Assert.Equal(6 / 4.0, figures.MeanSquaredError, 12);
        Assert.Equal(1 - (6 / 14.0), figures.DeterminationCoefficient, 12);
        Assert.Equal(6 * 6 / (14.0 * 4), figures.SquaredCorrelation, 12); // Σ(y - ȳ)(p - p̄) = 2 + 1 + 0 + 3
        Assert.Equal(4 / 4.0, figures.AbsoluteError, 12);
        Assert.Equal((16 + 9 + 4 + 1) / 4.0, figures.ConstantMeanSquaredError, 12);
    }

    [Fact]
    public void A_finished_run_leaves_its_predictions_and_their_picture()
    {
        var config = Config with { Steps = 10, LogEvery = 5, ValidateEvery = 5 };
        var run = runs.Run(config, "run");
        using var task = config.CreateTask(SmallDigits.Data);
        var figures = task.Test(run, Watcher.Idle, CancellationToken.None);
        var lines = File.ReadAllLines(runs.At("run", QuantileTask.PredictionsName));
        Assert.Equal(1 + config.TestSequences, lines.Length);
        var pairs = lines.Skip(1).Select(line => line.Split(',').Select(n => double.Parse(n, System.Globalization.CultureInfo.InvariantCulture)).ToArray()).ToArray();
        Assert.Equal(figures.MeanSquaredError, pairs.Average(p => (p[0] - p[1]) * (p[0] - p[1])), 1e-3 * figures.MeanSquaredError);
        Assert.True(new FileInfo(runs.At("run", QuantileTask.PictureName)).Length > 1000);
    }

    [Fact]
    public void Mistakes_name_the_value_and_what_is_allowed()
    {
        Refuses(Config with { Quantile = 1.2 }, "--quantile is 1.2", "0 to 1");
        Refuses(Config with { Method = "reinforce" }, "--method is reinforce", "vanilla");
        Refuses(Config with { Items = 101 }, "--items is 101", "2 to 100");
        Refuses(Config with { Sequences = 0 }, "--sequences is 0", "1 to 100000");

        static void Refuses(QuantileConfig config, string value, string allowed)
        {
            var error = Assert.Throws<UserErrorException>(config.Validate);
            Assert.Contains(value, error.Message, StringComparison.Ordinal);
            Assert.Contains(allowed, error.Message, StringComparison.Ordinal);
        }
    }
}
