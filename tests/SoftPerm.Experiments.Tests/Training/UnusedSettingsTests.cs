using SoftPerm.Experiments.Studies;
using SoftPerm.Experiments.Tasks.Neighbours;
using SoftPerm.Experiments.Tasks.Orders;
using SoftPerm.Experiments.Tasks.Quantiles;
using SoftPerm.Experiments.Tasks.Sorting;
using SoftPerm.Experiments.Training;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tests.Training;

public sealed class UnusedSettingsTests
{
    private static readonly SortConfig Sort = new() { Digits = 1, Items = 3, TrainItems = 3, Sequences = 2, Network = "small", Threads = 1 };
    private static readonly QuantileConfig Quantile = new() { Digits = 1, Items = 5, Sequences = 2, Network = "small", Threads = 1 };

    public static TheoryData<string> SortMethods => [.. SortMethod.Names];

    public static TheoryData<string> QuantileMethods => [.. QuantileModel.Methods];

    /// <summary>An option is refused exactly where a step with it is the step without it: no list of rules, but what a step does.</summary>
    [Theory, MemberData(nameof(SortMethods))]
    public void What_a_method_of_sorting_does_not_use_is_refused(string method)
    {
        var config = Sort with { Method = method };
        Same(config, config with { Samples = 7 }, "--samples");
        Same(config, config with { Temperature = 3, FinalTemperature = 3 }, "--temperature");
        if (OrderModels.TakesRelaxation(method)) Same(config, config with { Relaxation = "soft-sort" }, "--relaxation");
        else Assert.NotNull(config.WhyUnused("--relaxation"));
    }

    [Theory, MemberData(nameof(QuantileMethods))]
    public void What_a_method_of_quantiles_does_not_use_is_refused(string method)
    {
        var config = Quantile with { Method = method };
        Same(config, config with { Samples = 7 }, "--samples");
        Same(config, config with { Temperature = 3, FinalTemperature = 3 }, "--temperature");
        if (OrderModels.TakesRelaxation(method)) Same(config, config with { Relaxation = "soft-sort" }, "--relaxation");
        else Assert.NotNull(config.WhyUnused("--relaxation"));
    }

    [Fact]
    public void A_rank_loss_has_a_temperature_and_draws_nothing()
    {
        var config = Sort with { Relaxation = "permutahedron" };
        Same(config, config with { Samples = 7 }, "--samples");
        Same(config, config with { Temperature = .1, FinalTemperature = .1 }, "--temperature");
    }

    [Theory]
    [InlineData("cnn", "--k --weighting --relaxation --temperature --final-temperature --samples --data")]
    [InlineData("deterministic", "--samples --data")]
    [InlineData("stochastic", "--data")]
    public void What_a_method_of_neighbours_does_not_use_is_refused(string method, string unused)
    {
        var config = new KnnConfig { Method = method };
        string[] options = ["--k", "--weighting", "--relaxation", "--temperature", "--final-temperature", "--samples", "--data", "--queries", "--candidates", "--augment", "--steps"];
        Assert.Equal(unused.Split(' '), options.Where(option => config.WhyUnused(option) is not null));
    }

    [Fact]
    public void A_folder_of_data_is_for_data_in_files()
    {
        foreach (var config in new TrainingConfig[] { Sort, Quantile, new KnnConfig() })
        {
            var message = Assert.Throws<UserErrorException>(() => config.RefuseUnused(["--steps", "--data"])).Message;
            Assert.StartsWith("--data would not be used: the images of --dataset generated are drawn by the tool; choose --dataset mnist or fashion-mnist", message, StringComparison.Ordinal);
            (config with { Dataset = "mnist" }).RefuseUnused(["--steps", "--data"]);
        }
    }

    [Fact]
    public void Settings_out_of_their_domain_are_told_first() =>
        Assert.StartsWith("--method is guess; allowed:", Assert.Throws<UserErrorException>(() => (Sort with { Method = "guess" }).RefuseUnused(["--method", "--samples"])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("leave-one-out", "--temperatures --critic-steps")]
    [InlineData("rebar", "--critic-steps")]
    [InlineData("relax", "--temperatures")]
    [InlineData("relax,straight-through", "")]
    public void What_no_estimator_of_a_study_uses_is_refused(string estimators, string unused)
    {
        var config = new GradientStudyConfig { Estimators = estimators.Split(',') };
        Assert.Equal(unused, string.Join(' ', new[] { "--temperatures", "--critic-steps", "--items" }.Where(option => config.WhyUnused(option) is not null)));
    }

    [Theory]
    [InlineData("generated", "pixels,pca", "--epochs --seed --data")]
    [InlineData("generated,mnist", "pixels", "--epochs --seed")]
    [InlineData("mnist", "autoencoder", "")]
    public void What_a_study_of_neighbours_does_not_use_is_refused(string datasets, string features, string unused)
    {
        var config = new NeighbourStudyConfig { Datasets = datasets.Split(','), Features = features.Split(',') };
        Assert.Equal(unused, string.Join(' ', new[] { "--epochs", "--seed", "--data", "--threads" }.Where(option => config.WhyUnused(option) is not null)));
    }

    private static void Same<TTest>(TrainingConfig<TTest> one, TrainingConfig<TTest> other, string option)
    {
        other.RefuseUnused([]);
        Assert.Equal(LossOfStep(one) == LossOfStep(other), other.WhyUnused(option) is not null);
    }

    private static float LossOfStep<TTest>(TrainingConfig<TTest> config)
    {
        set_num_threads(config.Threads);
        using var scope = NewDisposeScope();
        using var task = config.CreateTask(SmallRuns.Digits);
        using var noise = new Generator(5);
        task.Begin(0);
        return task.Forward(config.Temperature, noise).Loss.item<float>();
    }
}
