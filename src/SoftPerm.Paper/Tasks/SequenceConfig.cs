using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Networks;
using SoftPerm.Training;

namespace SoftPerm.Paper.Tasks;

/// <summary>The settings of a task whose data are sequences of images of numbers.</summary>
public abstract record SequenceConfig : PaperConfig
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
    public string Method { get; init; } = OrderObjectives.Deterministic;

    /// <summary>What relaxes the sort of scores, where the method has them: a name of <see cref="RelaxationCatalog"/>.</summary>
    public string Relaxation { get; init; } = OrderObjectives.UsualRelaxation;

    /// <summary>Sequences of a validation.</summary>
    public int ValidationSequences { get; init; } = 500;

    /// <summary>Sequences of the final test.</summary>
    public int TestSequences { get; init; } = 10_000;

    /// <summary>The method, and its relaxation where that is not the usual one.</summary>
    private protected string MethodTitle => Relaxation == OrderObjectives.UsualRelaxation ? Method : $"{Method} {Relaxation}";

    /// <inheritdoc/>
    private protected override string MethodName => Method;

    /// <inheritdoc/>
    private protected override IEnumerable<string> DatasetsInFiles => DatasetCatalog.DigitNames.Except([DatasetCatalog.Generated]);

    /// <inheritdoc/>
    private protected override IEnumerable<string> Choices =>
    [
        FormattableString.Invariant($"{Dataset} images of {Digits} digit{(Digits == 1 ? "" : "s")}"), $"{Network} network",
        OrderObjectives.TakesRelaxation(Method) ? $"{Relaxation} ({Method})" : Method, TemperatureText, LengthText,
    ];

    /// <summary>The lengths of sequences, in words.</summary>
    private protected abstract string LengthText { get; }

    /// <inheritdoc/>
    public override string? WhyUnused(string setting) => setting == nameof(Relaxation) && !OrderObjectives.TakesRelaxation(Method)
        ? ForMethods("relaxes no scores", OrderObjectives.Names.Where(OrderObjectives.TakesRelaxation))
        : base.WhyUnused(setting);

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Settings.RequireOneOf(DatasetCatalog.DigitNames, nameof(Dataset), Dataset);
        Settings.Require(Digits is >= 1 and <= 9, nameof(Digits), Digits, "1 to 9");
        Settings.Require(Items is >= 2 and <= 10_000, nameof(Items), Items, "2 to 10000");
        Settings.Require(Sequences is >= 1 and <= 100_000, nameof(Sequences), Sequences, "1 to 100000");
        Settings.RequireOneOf(NumberNetworks.Names, nameof(Network), Network);
        Settings.RequireOneOf([.. RelaxationCatalog.All.Select(known => known.Name)], nameof(Relaxation), Relaxation);
        if (!OrderObjectives.TakesRelaxation(Method))
            Settings.Require(Relaxation == OrderObjectives.UsualRelaxation, nameof(Relaxation), Relaxation, $"none with 'Method' {Method}, which relaxes no scores");
        Settings.Require(ValidationSequences is >= 2 and <= 10_000_000, nameof(ValidationSequences), ValidationSequences, "2 to 10000000");
        Settings.Require(TestSequences is >= 2 and <= 10_000_000, nameof(TestSequences), TestSequences, "2 to 10000000");
    }
}
