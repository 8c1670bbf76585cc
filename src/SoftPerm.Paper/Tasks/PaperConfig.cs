using System.Text.Json.Serialization;
using SoftPerm.Paper.Datasets;
using SoftPerm.Training;
using SoftPerm.Training.Runs;

namespace SoftPerm.Paper.Tasks;

/// <summary>What every task of the paper has to settle: what every training has, the data set, and the samples of stochastic methods.</summary>
public abstract record PaperConfig : TrainingConfig
{
    /// <summary>The data set, a name of <see cref="DatasetCatalog"/>.</summary>
    public string Dataset { get; init; } = DatasetCatalog.Generated;

    /// <summary>The folder of data sets, if given. A run keeps it in local.json: it is no part of what determines a run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)] // older runs have it in config.json
    public string? DataDirectory { get; init; }

    /// <summary>Samples a step of a stochastic method.</summary>
    public int Samples { get; init; } = 5;

    /// <summary>The run in a line, as the title of its pictures.</summary>
    public abstract string Title();

    /// <inheritdoc/>
    public override string Headline() => $"Training {Task}: {string.Join(", ", [.. Choices, $"on {Device}"])}";

    /// <summary>The parts of <see cref="Headline"/> but for the device: data, network, method, temperature and lengths.</summary>
    private protected abstract IEnumerable<string> Choices { get; }

    /// <summary>Whether a relaxation, or a softmax in its place, has the temperature.</summary>
    private protected abstract bool HasTemperature { get; }

    /// <summary>The methods of the task that draw samples.</summary>
    private protected abstract IEnumerable<string> MethodsWithSamples { get; }

    /// <summary>The data sets of the task that are read from files.</summary>
    private protected virtual IEnumerable<string> DatasetsInFiles => DatasetCatalog.Names.Except([DatasetCatalog.Generated]);

    /// <summary>The method's name.</summary>
    private protected abstract string MethodName { get; }

    /// <summary>The temperature, or its range.</summary>
    private protected string TemperatureText => !HasTemperature ? "no temperature"
        : Temperature == FinalTemperature ? FormattableString.Invariant($"temperature {Temperature}")
        : FormattableString.Invariant($"temperature {Temperature} to {FinalTemperature}");

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Settings.Require(Samples is >= 1 and <= 10_000, nameof(Samples), Samples, "1 to 10000");
    }

    /// <inheritdoc/>
    public override string? WhyUnused(string setting) => setting switch
    {
        nameof(DataDirectory) when Dataset == DatasetCatalog.Generated =>
            $"the images of '{nameof(Dataset)}' {Dataset} are drawn, not read; choose '{nameof(Dataset)}' {string.Join(" or ", DatasetsInFiles)}, or leave '{nameof(DataDirectory)}' out",
        nameof(Samples) when !MethodsWithSamples.Contains(MethodName) => ForMethods("draws no samples", MethodsWithSamples),
        nameof(Temperature) or nameof(FinalTemperature) when !HasTemperature => $"'Method' {MethodName} has no temperature; choose another method, or leave it out",
        _ => null,
    };

    /// <summary>Why a setting has no effect with the method, and which methods it is for.</summary>
    private protected string ForMethods(string reason, IEnumerable<string> methods) =>
        $"'Method' {MethodName} {reason}; choose 'Method' {string.Join(" or ", methods)}, or leave it out";
}

/// <summary>Where a run's data set is.</summary>
internal static class RunData
{
    /// <summary>Opens the data set of a run: in the folder given, or where the run had it, or where data is looked for.</summary>
    /// <exception cref="UserErrorException">It is not found, is another, or has no files to be in the folder given.</exception>
    public static ImageDataset Open(RunFolder run, PaperConfig config, string? given)
    {
        if (given is not null && config.Dataset == DatasetCatalog.Generated)
            throw new UserErrorException($"'{nameof(config.DataDirectory)}' would not be used: the run is one on {config.Dataset} images, which are drawn; leave it out.");
        return DatasetCatalog.Open(config.Dataset, given ?? run.DataDirectory ?? config.DataDirectory);
    }
}
