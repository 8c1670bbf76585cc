using SoftPerm.Paper.Studies;
using SoftPerm.Paper.Tasks;
using SoftPerm.Paper.Tasks.Neighbours;
using SoftPerm.Paper.Tasks.Quantiles;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Training;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Tasks;

public sealed class UnusedSettingsTests
{
    private static readonly SortConfig Sort = new() { Digits = 1, Items = 3, TrainItems = 3, Sequences = 2, Network = "small", Threads = 1 };
    private static readonly QuantileConfig Quantile = new() { Digits = 1, Items = 5, Sequences = 2, Network = "small", Threads = 1 };

    public static TheoryData<string> SortMethods => [.. OrderObjectives.Names];

    public static TheoryData<string> QuantileMethods => [.. OrderObjectives.RelaxedNames];

    /// <summary>An option is refused exactly where a step with it is the step without it: no list of rules, but what a step does.</summary>
    [Theory, MemberData(nameof(SortMethods))]
    public void What_a_method_of_sorting_does_not_use_is_refused(string method)
    {
        var config = Sort with { Method = method };
        Same(config, config with { Samples = 7 }, "Samples");
        Same(config, config with { Temperature = 3, FinalTemperature = 3 }, "Temperature");
        if (OrderObjectives.TakesRelaxation(method)) Same(config, config with { Relaxation = "soft-sort" }, "Relaxation");
        else Assert.NotNull(config.WhyUnused("Relaxation"));
    }

    [Theory, MemberData(nameof(QuantileMethods))]
    public void What_a_method_of_quantiles_does_not_use_is_refused(string method)
    {
        var config = Quantile with { Method = method };
        Same(config, config with { Samples = 7 }, "Samples");
        Same(config, config with { Temperature = 3, FinalTemperature = 3 }, "Temperature");
        if (OrderObjectives.TakesRelaxation(method)) Same(config, config with { Relaxation = "soft-sort" }, "Relaxation");
        else Assert.NotNull(config.WhyUnused("Relaxation"));
    }

    [Fact]
    public void A_rank_loss_has_a_temperature_and_draws_nothing()
    {
        var config = Sort with { Relaxation = "permutahedron" };
        Same(config, config with { Samples = 7 }, "Samples");
        Same(config, config with { Temperature = .1, FinalTemperature = .1 }, "Temperature");
    }

    [Theory]
    [InlineData("cnn", "K Weighting Relaxation Temperature FinalTemperature Samples DataDirectory")]
    [InlineData("deterministic", "Samples DataDirectory")]
    [InlineData("stochastic", "DataDirectory")]
    public void What_a_method_of_neighbours_does_not_use_is_refused(string method, string unused)
    {
        var config = new KnnConfig { Method = method };
        string[] options = ["K", "Weighting", "Relaxation", "Temperature", "FinalTemperature", "Samples", "DataDirectory", "Queries", "Candidates", "Augment", "Steps"];
        Assert.Equal(unused.Split(' '), options.Where(option => config.WhyUnused(option) is not null));
    }

    [Fact]
    public void A_folder_of_data_is_for_data_in_files()
    {
        foreach (var config in new PaperConfig[] { Sort, Quantile, new KnnConfig() })
        {
            var message = Assert.ThrowsAny<UserErrorException>(() => config.RefuseUnused(["Steps", "DataDirectory"])).Message;
            Assert.StartsWith("'DataDirectory' would not be used: the images of 'Dataset' generated are drawn, not read; choose 'Dataset' mnist or fashion-mnist", message, StringComparison.Ordinal);
            (config with { Dataset = "mnist" }).RefuseUnused(["Steps", "DataDirectory"]);
        }
    }

    [Fact]
    public void Settings_out_of_their_domain_are_told_first() =>
        Assert.StartsWith("'Method' is guess; allowed:", Assert.ThrowsAny<UserErrorException>(() => (Sort with { Method = "guess" }).RefuseUnused(["Method", "Samples"])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("leave-one-out", "Temperatures CriticSteps")]
    [InlineData("rebar", "CriticSteps")]
    [InlineData("relax", "Temperatures")]
    [InlineData("relax,straight-through", "")]
    public void What_no_estimator_of_a_study_uses_is_refused(string estimators, string unused)
    {
        var config = new GradientStudyConfig { Estimators = estimators.Split(',') };
        Assert.Equal(unused, string.Join(' ', new[] { "Temperatures", "CriticSteps", "Items" }.Where(option => config.WhyUnused(option) is not null)));
    }

    [Theory]
    [InlineData("generated", "pixels,pca", "Epochs Seed DataDirectory")]
    [InlineData("generated,mnist", "pixels", "Epochs Seed")]
    [InlineData("mnist", "autoencoder", "")]
    public void What_a_study_of_neighbours_does_not_use_is_refused(string datasets, string features, string unused)
    {
        var config = new NeighbourStudyConfig { Datasets = datasets.Split(','), Features = features.Split(',') };
        Assert.Equal(unused, string.Join(' ', new[] { "Epochs", "Seed", "DataDirectory", "Threads" }.Where(option => config.WhyUnused(option) is not null)));
    }

    private static void Same(PaperConfig one, PaperConfig other, string setting)
    {
        other.RefuseUnused([]);
        Assert.Equal(LossOfStep(one) == LossOfStep(other), other.WhyUnused(setting) is not null);
    }

    private static float LossOfStep(PaperConfig config)
    {
        set_num_threads(config.Threads);
        using var scope = NewDisposeScope();
        using var task = config.CreateTask(SmallRuns.Digits);
        using var noise = new Generator(5);
        task.Begin(0);
        return task.Forward(config.Temperature, noise).Loss.item<float>();
    }
}
