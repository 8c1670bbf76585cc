using System.Text.Json.Serialization;
using SoftPerm.Training;

namespace SoftPerm.Paper.Tasks.Sorting;

/// <summary>Everything that determines a run of the sorting task; written to <c>config.json</c>.</summary>
public sealed record SortConfig : SequenceConfig
{
    private const int MostItemsOfADenseModel = 100;

    /// <summary>The names that <see cref="SequenceConfig.Method"/> may have.</summary>
    public static IReadOnlyList<string> Methods => OrderObjectives.Names;

    /// <inheritdoc/>
    public override string Task => "sort";

    /// <summary>Items of a training sequence.</summary>
    public int TrainItems { get; init; } = 5;

    /// <inheritdoc/>
    public override string Title() => $"Sorting {Dataset}: {Digits} digits, {TrainItems} items, {MethodTitle}";

    /// <inheritdoc/>
    [JsonIgnore]
    public override ListLengths? Lengths => TrainItems == Items ? null : new ListLengths(TrainItems, Items);

    /// <inheritdoc/>
    private protected override string LengthText => FormattableString.Invariant(
        Lengths is null ? (FormattableString)$"lists of {Items}" : $"lists of {TrainItems} (validation and test: of {Items})");

    /// <inheritdoc/>
    private protected override bool HasTemperature => OrderObjectives.Of(Method, Relaxation).HasTemperature;

    /// <inheritdoc/>
    private protected override IEnumerable<string> MethodsWithSamples => OrderObjectives.Names.Where(name => OrderObjectives.Of(name).IsStochastic);

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Settings.Require(TrainItems is >= 2 and <= 10_000, nameof(TrainItems), TrainItems, "2 to 10000");
        var images = (long)Sequences * TrainItems;
        Settings.Require(images <= 1_000_000, $"'{nameof(Sequences)}' times '{nameof(TrainItems)}'", images, "at most 1000000 images a step");
        Settings.RequireOneOf(Methods, nameof(Method), Method);
        var objective = OrderObjectives.Of(Method, Relaxation);
        if (!objective.IsRelaxed && OrderObjectives.TakesRelaxation(Method))
            Settings.Require(Method == OrderObjectives.Deterministic, nameof(Method), Method, $"{OrderObjectives.Deterministic} with 'Relaxation' {Relaxation}, which has no matrix to draw");
        Settings.Require(Samples >= objective.LeastSamples, nameof(Samples), Samples, $"at least {objective.LeastSamples} with 'Method' {Method}");
        if (objective.TakesAnyLength) return;
        Settings.Require(TrainItems == Items, nameof(TrainItems), TrainItems, $"as many as 'Items' ({Items}) with 'Method' {Method}, whose network is made for one length");
        Settings.Require(Items <= MostItemsOfADenseModel, nameof(Items), Items, $"2 to {MostItemsOfADenseModel} with 'Method' {Method}");
    }
}
