using SoftPerm.Experiments.Datasets;

namespace SoftPerm.Experiments.Training;

/// <content>What settings mean to each other: the line that tells them, and those without an effect.</content>
public abstract partial record TrainingConfig
{
    /// <summary>What is trained, in a line: data, network, method, temperature, lengths and device.</summary>
    internal string Headline => $"Training {Task}: {string.Join(", ", [.. Choices, $"on {Device}"])}";

    /// <summary>The parts of <see cref="Headline"/> but for the device.</summary>
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
    void ISettings.Validate() => Validate();

    /// <inheritdoc/>
    public virtual string? WhyUnused(string given) => given switch
    {
        "--data" when Dataset == DatasetCatalog.Generated =>
            $"the images of --dataset {Dataset} are drawn by the tool; choose --dataset {string.Join(" or ", DatasetsInFiles)}, or leave --data out",
        "--samples" when !MethodsWithSamples.Contains(MethodName) => ForMethods("draws no samples", MethodsWithSamples),
        "--temperature" or "--final-temperature" when !HasTemperature => $"--method {MethodName} has no temperature; choose another method, or leave it out",
        _ => null,
    };

    /// <summary>Opens the data set.</summary>
    /// <param name="given">The folder of data sets, if it is not where the settings say.</param>
    /// <exception cref="UserErrorException">Its data is not found, or it has no files to be in that folder.</exception>
    internal ImageDataset OpenData(string? given)
    {
        if (given is not null && Dataset == DatasetCatalog.Generated)
            throw new UserErrorException($"--data would not be used: the run is one on {Dataset} images, which are drawn by the tool; leave it out.");
        return DatasetCatalog.Open(Dataset, given ?? DataDirectory);
    }

    /// <summary>Why an option has no effect with the method, and which methods it is for.</summary>
    private protected string ForMethods(string reason, IEnumerable<string> methods) =>
        $"--method {MethodName} {reason}; choose --method {string.Join(" or ", methods)}, or leave it out";
}
