using System.Globalization;
using SoftPerm.Paper.Tasks;
using SoftPerm.Paper.Tasks.Quantiles;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Tasks.Quantiles;

public sealed class QuantileTaskTests : IDisposable
{
    private static readonly QuantileConfig Config = new()
    {
        Digits = 1,
        Items = 3,
        Sequences = 8,
        Steps = 40,
        Network = "small",
        LearningRate = 5e-3,
        WarmUp = 2,
        LogEvery = 5,
        ValidateEvery = 20,
        ValidationSequences = 10,
        TestSequences = 10,
        Threads = 1,
    };

    private static readonly QuantileConfig Short = Config with { Sequences = 2, Steps = 12, LogEvery = 3, ValidateEvery = 6 };

    private readonly SmallRuns runs = new();

    public void Dispose() => runs.Dispose();

    public static TheoryData<string> Methods => [.. OrderObjectives.RelaxedNames];

    [Theory, MemberData(nameof(Methods))]
    public void Loss_falls(string method)
    {
        runs.Train(Config with { Method = method }, "run");
        runs.AssertLossFell("run", share: 0.3);
    }

    public static TheoryData<string> PlacedMethods => [.. OrderObjectives.RelaxedNames.Except([OrderObjectives.Vanilla])];

    /// <summary>The weights of the quantile's place sum to 1, even where a relaxation's rows do not: else training could empty the row.</summary>
    [Theory, MemberData(nameof(PlacedMethods))]
    public void Equal_values_are_predicted_as_they_are(string method)
    {
        var config = Short with { Method = method };
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        using Generator weights = new(1), noise = new(2);
        using var model = QuantileObjective.Create(config, 28, 28, weights);
        Parameter("scores.", "weight").mul_(Number(1e4)); // rows of Sinkhorn's that are far from balanced
        Parameter("values.", "weight").zero_();
        Parameter("values.", "bias").fill_(Number(.75));
        var predictions = model.Predict(rand([6 * config.Items, 1, 28, 28], generator: noise), 1, new Draws(4, noise));
        Assert.All(predictions.data<float>().ToArray(), p => Assert.Equal(.75, p, 1e-5));

        Tensor Parameter(string network, string kind) => model.named_parameters().Last(p => p.name.StartsWith(network) && p.name.EndsWith(kind)).parameter;
    }

    [Theory, MemberData(nameof(Methods))]
    public void Every_weight_is_trained(string method) => runs.AssertEveryWeightMoves(Short with { Method = method });

    [Theory, MemberData(nameof(PlacedMethods))]
    public void One_network_learns_scores_and_values(string method)
    {
        var config = Config with { Method = method, SharedNetwork = true };
        runs.Train(config, "run");
        runs.AssertLossFell("run", share: 0.3);

        using var scope = NewDisposeScope();
        using Generator weights = new(1), noise = new(2);
        using var model = QuantileObjective.Create(config, 28, 28, weights);
        model.Loss(rand([4 * config.Items, 1, 28, 28], generator: noise), rand([4], generator: noise), 1, new Draws(4, noise)).Loss.backward();
        var last = model.named_parameters().Last(p => p.name.EndsWith("weight")).parameter;
        Assert.All(last.grad!.abs().sum(1).data<float>().ToArray(), output => Assert.True(output > 0, "an output of the network is not trained"));
    }

    [Fact]
    public void One_network_for_both_is_half_the_weights()
    {
        Assert.Equal(1, Weights(shared: false) / (2.0 * Weights(shared: true)), 1e-3); // but for its second output

        static long Weights(bool shared)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(1);
            using var model = QuantileObjective.Create(Config with { SharedNetwork = shared }, 28, 28, generator);
            return model.parameters().Sum(p => p.numel());
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void A_run_stopped_and_resumed_repeats_an_uninterrupted_one_bit_for_bit(string method) =>
        runs.AssertResumesAt(7, Short with { Method = method, FinalTemperature = 0.5 });

    [Fact]
    public void A_run_of_one_network_resumes_too() => runs.AssertResumesAt(7, Short with { SharedNetwork = true });

    [Theory]
    [InlineData(OrderObjectives.Deterministic), InlineData(OrderObjectives.Stochastic)]
    public void A_test_leaves_its_pairs_and_their_picture(string method)
    {
        var figures = runs.Test(Short with { Method = method }, "run");
        var pairs = File.ReadLines(runs.At("run", QuantileTask.PredictionsName)).Skip(1).Select(Pair).ToArray();
        Assert.Equal(Short.TestSequences, pairs.Length);
        Assert.All(pairs, pair => Assert.InRange(pair.Truth, 0, 9));
        Assert.Equal(figures, QuantileFigures.Of([.. pairs.Select(p => p.Truth)], [.. pairs.Select(p => p.Predicted)], middle: 4.5));
        Assert.True(new FileInfo(runs.At("run", QuantileTask.PictureName)).Length > 0);

        static (double Truth, double Predicted) Pair(string line) =>
            line.Split(',') is [var truth, var predicted] ? (Number(truth), Number(predicted)) : throw new FormatException(line);

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}
