using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Models;
using SoftPerm.Experiments.Training;

namespace SoftPerm.Experiments.Tasks.Sorting;

/// <summary>Everything that determines a run of the sorting task; written to <c>config.json</c>.</summary>
public sealed record SortConfig : TrainingConfig<SortFigures>
{
    private const int MostItemsOfADenseModel = 100;

    /// <inheritdoc/>
    public override string Task => "sort";

    /// <summary>Digits side by side in one image.</summary>
    public int Digits { get; init; } = 4;

    /// <summary>Items of a sequence in validation and test.</summary>
    public int Items { get; init; } = 5;

    /// <summary>Items of a training sequence.</summary>
    public int TrainItems { get; init; } = 5;

    /// <summary>Training sequences a step.</summary>
    public int Sequences { get; init; } = 20;

    /// <summary>The network, one of <see cref="NumberNetworks.Names"/>.</summary>
    public string Network { get; init; } = NumberNetworks.Paper;

    /// <summary>How the loss is formed, one of the names of methods.</summary>
    public string Method { get; init; } = SortMethod.Deterministic;

    /// <summary>Sequences of a validation.</summary>
    public int ValidationSequences { get; init; } = 500;

    /// <summary>Sequences of the final test.</summary>
    public int TestSequences { get; init; } = 10_000;

    /// <inheritdoc/>
    internal override string Title => $"Sorting {Dataset}: {Digits} digits, {TrainItems} items, {Method}";

    /// <summary>Images a step.</summary>
    internal int ImagesPerStep => (int)ImagesPerStep64;

    private long ImagesPerStep64 => (long)Sequences * TrainItems;

    /// <inheritdoc/>
    internal override ITrainingTask<SortFigures> CreateTask(ImageDataset data) => new SortTask(this, DigitSplits.Of(data));

    /// <inheritdoc/>
    internal override void Validate()
    {
        base.Validate();
        RequireOneOf(DatasetCatalog.DigitNames, "dataset", Dataset);
        Require(Digits is >= 1 and <= 9, "digits", Digits, "1 to 9");
        Require(Items is >= 2 and <= 10_000, "items", Items, "2 to 10000");
        Require(TrainItems is >= 2 and <= 10_000, "train-items", TrainItems, "2 to 10000");
        Require(Sequences is >= 1 and <= 100_000, "sequences", Sequences, "1 to 100000");
        Require(ImagesPerStep64 <= 1_000_000, "sequences times train-items", ImagesPerStep64, "at most 1000000 images a step");
        RequireOneOf(NumberNetworks.Names, "network", Network);
        RequireOneOf(SortMethod.Names, "method", Method);
        var method = SortMethod.Of(Method);
        Require(Samples >= method.LeastSamples, "samples", Samples, $"at least {method.LeastSamples} with --method {Method}");
        if (!method.Model.TakesAnyLength)
        {
            Require(TrainItems == Items, "train-items", TrainItems, $"as many as --items ({Items}) with --method {Method}, whose network is made for one length");
            Require(Items <= MostItemsOfADenseModel, "items", Items, $"2 to {MostItemsOfADenseModel} with --method {Method}");
        }

        Require(ValidationSequences is >= 1 and <= 10_000_000, "validation-sequences", ValidationSequences, "1 to 10000000");
        Require(TestSequences is >= 1 and <= 10_000_000, "test-sequences", TestSequences, "1 to 10000000");
    }
}
