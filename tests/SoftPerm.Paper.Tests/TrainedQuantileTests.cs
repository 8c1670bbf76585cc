using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Tasks;
using SoftPerm.Paper.Tasks.Quantiles;
using SoftPerm.Paper.Tests.Tasks;
using SoftPerm.TestKit.Tensors;
using SoftPerm.Training;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests;

public sealed class TrainedQuantileTests : IDisposable
{
    private static readonly QuantileConfig Config = new()
    {
        Digits = 1,
        Items = 5,
        Sequences = 2,
        Steps = 4,
        Network = "small",
        LogEvery = 1,
        ValidateEvery = 2,
        ValidationSequences = 4,
        Threads = 1,
    };

    private readonly SmallRuns runs = new();

    public void Dispose() => runs.Dispose();

    public static TheoryData<string> Methods => [.. OrderObjectives.RelaxedNames];

    [Theory, MemberData(nameof(Methods))]
    public void Quantiles_of_new_images_are_those_of_the_test_and_survive_saving(string method)
    {
        using var scope = NewDisposeScope();
        using var trained = Trained(Config with { Method = method });
        var source = new MultiDigitSequences(SmallRuns.Digits.Test, 1, 5, TestSequences.TestSeed);
        var images = TestSequences.Read(source, 0, 3).Images;
        var predicted = trained.Predict(images);
        var expected = trained.PredictTest(SmallRuns.Digits.Test, 0, 3, TestContext.Current.CancellationToken).Select(set => (float)set.Predicted);
        TensorCompare.Close(tensor(expected.ToArray()), predicted, 0, 1e-4);

        trained.Save(runs.At("shipped"));
        using var shipped = TrainedQuantile.Open(runs.At("shipped"));
        TensorCompare.Close(predicted, shipped.Predict(images), 0);
    }

    [Fact]
    public void Images_that_make_no_whole_sets_are_refused()
    {
        using var scope = NewDisposeScope();
        using var trained = Trained(Config);
        Assert.StartsWith("4 images do not make whole lists of 5.", Assert.Throws<ArgumentException>(() => trained.Predict(zeros(4, 1, 28, 28))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_weights_is_refused_with_what_helps()
    {
        var run = runs.Run(Config, "run");
        var error = Assert.Throws<UserErrorException>(() => TrainedQuantile.Open(run.Path));
        Assert.EndsWith("has no validated weights yet.", error.Message, StringComparison.Ordinal);
        Assert.Equal(new ResumeRun("quantile", run.Path), error.Remedy);
    }

    private TrainedQuantile Trained(QuantileConfig config)
    {
        runs.Train(config, "run");
        return TrainedQuantile.Open(runs.At("run"));
    }
}
