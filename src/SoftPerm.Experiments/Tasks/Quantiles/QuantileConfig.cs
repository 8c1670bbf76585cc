using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Models;
using SoftPerm.Experiments.Training;

namespace SoftPerm.Experiments.Tasks.Quantiles;

/// <summary>Everything that determines a run of quantile regression; written to <c>config.json</c>.</summary>
public sealed record QuantileConfig : TrainingConfig<QuantileFigures>
{
    private const int MostItems = 100;

    /// <inheritdoc/>
    public override string Task => "quantile";

    /// <summary>Digits side by side in one image.</summary>
    public int Digits { get; init; } = 4;

    /// <summary>Items of a sequence.</summary>
    public int Items { get; init; } = 5;

    /// <summary>Training sequences a step.</summary>
    public int Sequences { get; init; } = 5;

    /// <summary>The quantile to predict: 0 the smallest number, 0.5 the median, 1 the largest; between two places, interpolated.</summary>
    public double Quantile { get; init; } = 0.5;

    /// <summary>The network, one of <see cref="NumberNetworks.Names"/>, for scores and for values alike.</summary>
    public string Network { get; init; } = NumberNetworks.Paper;

    /// <summary>How the quantile is predicted, one of the names of methods.</summary>
    public string Method { get; init; } = QuantileMethods.Deterministic;

    /// <summary>Sequences of a validation.</summary>
    public int ValidationSequences { get; init; } = 500;

    /// <summary>Sequences of the final test.</summary>
    public int TestSequences { get; init; } = 10_000;

    /// <summary>The numbers there are, 0 to one less.</summary>
    internal double Numbers => Math.Pow(10, Digits);

    /// <inheritdoc/>
    internal override string Title => FormattableString.Invariant($"Quantile {Quantile} on {Dataset}: {Digits} digits, {Items} items, {Method}");

    /// <inheritdoc/>
    internal override ITrainingTask<QuantileFigures> CreateTask(ImageDataset data) => new QuantileTask(this, DigitSplits.Of(data));

    /// <inheritdoc/>
    internal override void Validate()
    {
        base.Validate();
        RequireOneOf(DatasetCatalog.DigitNames, "dataset", Dataset);
        Require(Digits is >= 1 and <= 9, "digits", Digits, "1 to 9");
        Require(Items is >= 2 and <= MostItems, "items", Items, $"2 to {MostItems}");
        Require(Sequences is >= 1 and <= 10_000, "sequences", Sequences, "1 to 10000");
        Require(Quantile is >= 0 and <= 1, "quantile", Quantile, "0 to 1");
        RequireOneOf(NumberNetworks.Names, "network", Network);
        RequireOneOf(QuantileMethods.Names, "method", Method);
        Require(ValidationSequences is >= 2 and <= 10_000_000, "validation-sequences", ValidationSequences, "2 to 10000000");
        Require(TestSequences is >= 2 and <= 10_000_000, "test-sequences", TestSequences, "2 to 10000000");
    }
}
