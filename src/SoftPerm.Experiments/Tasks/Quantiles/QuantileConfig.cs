using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Tasks.Orders;
using SoftPerm.Experiments.Training;

namespace SoftPerm.Experiments.Tasks.Quantiles;

/// <summary>Everything that determines a run of quantile regression; written to <c>config.json</c>. Scores and values come from two networks
/// of one kind, or from one.</summary>
public sealed record QuantileConfig : SequenceConfig<QuantileFigures>
{
    private const int MostItems = 100;

    /// <summary>Settings of the paper: 5 sequences a step.</summary>
    public QuantileConfig() => Sequences = 5;

    /// <inheritdoc/>
    public override string Task => "quantile";

    /// <summary>The quantile to predict: 0 the smallest number, 0.5 the median, 1 the largest; between two places, interpolated.</summary>
    public double Quantile { get; init; } = 0.5;

    /// <summary>Whether one network gives an image's score and its value, where the paper has two: half the cost of a step.</summary>
    public bool SharedNetwork { get; init; }

    /// <summary>The numbers there are, 0 to one less.</summary>
    internal double Numbers => Math.Pow(10, Digits);

    /// <inheritdoc/>
    internal override string Title => FormattableString.Invariant($"Quantile {Quantile} on {Dataset}: {Digits} digits, {Items} items, {MethodTitle}{(SharedNetwork ? ", one network" : "")}");

    /// <inheritdoc/>
    private protected override string LengthText => FormattableString.Invariant($"quantile {Quantile} of sets of {Items}");

    /// <inheritdoc/>
    private protected override bool HasTemperature => Method != OrderModels.Vanilla; // whose network gives the quantile itself

    /// <inheritdoc/>
    private protected override IEnumerable<string> MethodsWithSamples => QuantileModel.Methods.Where(name => OrderModels.Of(name).IsStochastic);

    /// <inheritdoc/>
    internal override ITrainingTask<QuantileFigures> CreateTask(ImageDataset data) => new QuantileTask(this, DigitSplits.Of(data));

    /// <inheritdoc/>
    internal override void Validate()
    {
        base.Validate();
        Require(Items <= MostItems, "items", Items, $"2 to {MostItems}");
        Require(Quantile is >= 0 and <= 1, "quantile", Quantile, "0 to 1");
        RequireOneOf(QuantileModel.Methods, "method", Method);
        Require(!SharedNetwork || Method != OrderModels.Vanilla, "shared-network", "true", $"false with --method {OrderModels.Vanilla}, which has one network");
        RequireOneOf(
            [.. RelaxationCatalog.All.Where(known => known.Properties.HasFlag(RelaxationProperties.Matrix)).Select(known => known.Name)],
            "relaxation", Relaxation);
    }
}
