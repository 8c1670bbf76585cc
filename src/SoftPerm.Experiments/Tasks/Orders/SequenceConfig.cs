using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Models;
using SoftPerm.Experiments.Training;

namespace SoftPerm.Experiments.Tasks.Orders;

/// <summary>The settings of a task whose data are sequences of images of numbers.</summary>
/// <typeparam name="TTest">What its test gives.</typeparam>
public abstract record SequenceConfig<TTest> : TrainingConfig<TTest>
{
    /// <summary>Digits side by side in one image.</summary>
    public int Digits { get; init; } = 4;

    /// <summary>Items of a sequence.</summary>
    public int Items { get; init; } = 5;

    /// <summary>Training sequences a step.</summary>
    public int Sequences { get; init; } = 20;

    /// <summary>The network, one of <see cref="NumberNetworks.Names"/>.</summary>
    public string Network { get; init; } = NumberNetworks.Paper;

    /// <summary>How the order is relaxed and trained, one of the task's names of methods.</summary>
    public string Method { get; init; } = OrderModels.Deterministic;

    /// <summary>What relaxes the sort of scores, where the method has them: a name of <see cref="RelaxationCatalog"/>.</summary>
    public string Relaxation { get; init; } = OrderModels.UsualRelaxation;

    /// <summary>Sequences of a validation.</summary>
    public int ValidationSequences { get; init; } = 500;

    /// <summary>Sequences of the final test.</summary>
    public int TestSequences { get; init; } = 10_000;

    /// <summary>The method, and its relaxation where that is not the usual one.</summary>
    internal string MethodTitle => Relaxation == OrderModels.UsualRelaxation ? Method : $"{Method} {Relaxation}";

    /// <inheritdoc/>
    private protected override string MethodName => Method;

    /// <inheritdoc/>
    private protected override IEnumerable<string> DatasetsInFiles => DatasetCatalog.DigitNames.Except([DatasetCatalog.Generated]);

    /// <inheritdoc/>
    private protected override IEnumerable<string> Choices =>
    [
        FormattableString.Invariant($"{Dataset} images of {Digits} digit{(Digits == 1 ? "" : "s")}"), $"{Network} network",
        OrderModels.TakesRelaxation(Method) ? $"{Relaxation} ({Method})" : Method, TemperatureText, LengthText,
    ];

    /// <summary>The lengths of sequences, in words.</summary>
    private protected abstract string LengthText { get; }

    /// <inheritdoc/>
    public override string? WhyUnused(string given) => given == "--relaxation" && !OrderModels.TakesRelaxation(Method)
        ? ForMethods("relaxes no scores", OrderModels.Names.Where(OrderModels.TakesRelaxation))
        : base.WhyUnused(given);

    /// <inheritdoc/>
    internal override void Validate()
    {
        base.Validate();
        RequireOneOf(DatasetCatalog.DigitNames, "dataset", Dataset);
        Require(Digits is >= 1 and <= 9, "digits", Digits, "1 to 9");
        Require(Items is >= 2 and <= 10_000, "items", Items, "2 to 10000");
        Require(Sequences is >= 1 and <= 100_000, "sequences", Sequences, "1 to 100000");
        RequireOneOf(NumberNetworks.Names, "network", Network);
        RequireOneOf([.. RelaxationCatalog.All.Select(known => known.Name)], "relaxation", Relaxation);
        if (!OrderModels.TakesRelaxation(Method))
            Require(Relaxation == OrderModels.UsualRelaxation, "relaxation", Relaxation, $"none with --method {Method}, which relaxes no scores");
        Require(ValidationSequences is >= 2 and <= 10_000_000, "validation-sequences", ValidationSequences, "2 to 10000000");
        Require(TestSequences is >= 2 and <= 10_000_000, "test-sequences", TestSequences, "2 to 10000000");
    }
}
