using SoftPerm.Training;

namespace SoftPerm.Paper.Tasks.Quantiles;

/// <summary>Everything that determines a run of quantile regression; written to <c>config.json</c>. Scores and values come from two networks
/// of one kind, or from one.</summary>
public sealed record QuantileConfig : SequenceConfig
{
    private const int MostItems = 100;

    /// <summary>Settings of the paper: 5 sequences a step.</summary>
    public QuantileConfig() => Sequences = 5;

    /// <summary>The names that <see cref="SequenceConfig.Method"/> may have.</summary>
    public static IReadOnlyList<string> Methods => OrderObjectives.RelaxedNames;

    /// <inheritdoc/>
    public override string Task => "quantile";

    /// <summary>The quantile to predict: 0 the smallest number, 0.5 the median, 1 the largest; between two places, interpolated.</summary>
    public double Quantile { get; init; } = 0.5;

    /// <summary>Whether one network gives an image's score and its value, where the paper has two: half the cost of a step.</summary>
    public bool SharedNetwork { get; init; }

    /// <summary>The numbers there are, 0 to one less.</summary>
    internal double Numbers => Math.Pow(10, Digits);

    /// <inheritdoc/>
    public override string Title() => FormattableString.Invariant($"Quantile {Quantile} on {Dataset}: {Digits} digits, {Items} items, {MethodTitle}{(SharedNetwork ? ", one network" : "")}");

    /// <inheritdoc/>
    private protected override string LengthText => FormattableString.Invariant($"quantile {Quantile} of sets of {Items}");

    /// <inheritdoc/>
    private protected override bool HasTemperature => Method != OrderObjectives.Vanilla; // whose network gives the quantile itself

    /// <inheritdoc/>
    private protected override IEnumerable<string> MethodsWithSamples => OrderObjectives.RelaxedNames.Where(name => OrderObjectives.Of(name).IsStochastic);

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Settings.Require(Items <= MostItems, nameof(Items), Items, $"2 to {MostItems}");
        Settings.Require(Quantile is >= 0 and <= 1, nameof(Quantile), Quantile, "0 to 1");
        Settings.RequireOneOf(Methods, nameof(Method), Method);
        Settings.Require(!SharedNetwork || Method != OrderObjectives.Vanilla, nameof(SharedNetwork), "true", $"false with 'Method' {OrderObjectives.Vanilla}, which has one network");
        Settings.RequireOneOf(
            [.. RelaxationCatalog.All.Where(known => known.Properties.HasFlag(RelaxationProperties.Matrix)).Select(known => known.Name)],
            "relaxation", Relaxation);
    }
}
