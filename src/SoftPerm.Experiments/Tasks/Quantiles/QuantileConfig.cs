using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Tasks.Orders;
using SoftPerm.Experiments.Training;

namespace SoftPerm.Experiments.Tasks.Quantiles;

/// <summary>Everything that determines a run of quantile regression; written to <c>config.json</c>. The network is that of scores and of
/// values alike.</summary>
public sealed record QuantileConfig : SequenceConfig<QuantileFigures>
{
    private const int MostItems = 100;

    /// <summary>Settings of the paper: 5 sequences a step.</summary>
    public QuantileConfig() => Sequences = 5;

    /// <inheritdoc/>
    public override string Task => "quantile";

    /// <summary>The quantile to predict: 0 the smallest number, 0.5 the median, 1 the largest; between two places, interpolated.</summary>
    public double Quantile { get; init; } = 0.5;

    /// <summary>The numbers there are, 0 to one less.</summary>
    internal double Numbers => Math.Pow(10, Digits);

    /// <inheritdoc/>
    internal override string Title => FormattableString.Invariant($"Quantile {Quantile} on {Dataset}: {Digits} digits, {Items} items, {MethodTitle}");

    /// <inheritdoc/>
    internal override ITrainingTask<QuantileFigures> CreateTask(ImageDataset data) => new QuantileTask(this, DigitSplits.Of(data));

    /// <inheritdoc/>
    internal override void Validate()
    {
        base.Validate();
        Require(Items <= MostItems, "items", Items, $"2 to {MostItems}");
        Require(Quantile is >= 0 and <= 1, "quantile", Quantile, "0 to 1");
        RequireOneOf(QuantileModel.Methods, "method", Method);
        RequireOneOf(
            [.. RelaxationCatalog.All.Where(known => known.Properties.HasFlag(RelaxationProperties.Matrix)).Select(known => known.Name)],
            "relaxation", Relaxation);
    }
}
