using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Tasks.Orders;
using SoftPerm.Experiments.Training;

namespace SoftPerm.Experiments.Tasks.Sorting;

/// <summary>Everything that determines a run of the sorting task; written to <c>config.json</c>.</summary>
public sealed record SortConfig : SequenceConfig<SortFigures>
{
    private const int MostItemsOfADenseModel = 100;

    /// <inheritdoc/>
    public override string Task => "sort";

    /// <summary>Items of a training sequence.</summary>
    public int TrainItems { get; init; } = 5;

    /// <inheritdoc/>
    internal override string Title => $"Sorting {Dataset}: {Digits} digits, {TrainItems} items, {MethodTitle}";

    /// <inheritdoc/>
    internal override ListLengths? Lengths => TrainItems == Items ? null : new ListLengths(TrainItems, Items);

    /// <inheritdoc/>
    private protected override string LengthText => FormattableString.Invariant(
        Lengths is null ? (FormattableString)$"lists of {Items}" : $"lists of {TrainItems} (validation and test: of {Items})");

    /// <inheritdoc/>
    private protected override bool HasTemperature => SortMethod.Of(Method, Relaxation).HasTemperature;

    /// <inheritdoc/>
    private protected override IEnumerable<string> MethodsWithSamples => SortMethod.Names.Where(name => SortMethod.Of(name).Draws);

    /// <summary>Images a step.</summary>
    internal int ImagesPerStep => (int)ImagesPerStep64;

    private long ImagesPerStep64 => (long)Sequences * TrainItems;

    /// <inheritdoc/>
    internal override ITrainingTask<SortFigures> CreateTask(ImageDataset data) => new SortTask(this, DigitSplits.Of(data));

    /// <inheritdoc/>
    internal override void Validate()
    {
        base.Validate();
        Require(TrainItems is >= 2 and <= 10_000, "train-items", TrainItems, "2 to 10000");
        Require(ImagesPerStep64 <= 1_000_000, "sequences times train-items", ImagesPerStep64, "at most 1000000 images a step");
        RequireOneOf(SortMethod.Names, "method", Method);
        var method = SortMethod.Of(Method, Relaxation);
        if (!method.IsRelaxed && OrderModels.TakesRelaxation(Method))
            Require(Method == OrderModels.Deterministic, "method", Method, $"{OrderModels.Deterministic} with --relaxation {Relaxation}, which has no matrix to draw");
        Require(Samples >= method.LeastSamples, "samples", Samples, $"at least {method.LeastSamples} with --method {Method}");
        if (method.Model.TakesAnyLength) return;
        Require(TrainItems == Items, "train-items", TrainItems, $"as many as --items ({Items}) with --method {Method}, whose network is made for one length");
        Require(Items <= MostItemsOfADenseModel, "items", Items, $"2 to {MostItemsOfADenseModel} with --method {Method}");
    }
}
