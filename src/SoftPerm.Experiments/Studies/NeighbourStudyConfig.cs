using System.Text.Json.Serialization;
using SoftPerm.Experiments.Datasets;

namespace SoftPerm.Experiments.Studies;

/// <summary>Everything that determines a study of nearest neighbours without training through a sort.</summary>
public sealed record NeighbourStudyConfig : ISettings
{
    /// <summary>The pixels as they are.</summary>
    public const string Pixels = "pixels";

    /// <summary>Principal components.</summary>
    public const string Components = "pca";

    /// <summary>The code of an autoencoder.</summary>
    public const string Codes = "autoencoder";

    /// <summary>The features there are.</summary>
    public static IReadOnlyList<string> AllFeatures { get; } = [Pixels, Components, Codes];

    /// <summary>A study of seconds, to see how it works.</summary>
    public static NeighbourStudyConfig Quick { get; } = new() { Datasets = [DatasetCatalog.Generated], Features = [Pixels, Components] };

    /// <summary>The data sets.</summary>
    public IReadOnlyList<string> Datasets { get; init; } = [PublishedDataset.Mnist.Name, PublishedDataset.FashionMnist.Name];

    /// <summary>What distances are measured between.</summary>
    public IReadOnlyList<string> Features { get; init; } = AllFeatures;

    /// <summary>How often the autoencoder sees every image.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>The seed of its weights and batches.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>libtorch's threads; 0 leaves the choice to libtorch.</summary>
    public int Threads { get; init; }

    /// <summary>The folder of data sets, if given.</summary>
    [JsonIgnore]
    public string? DataDirectory { get; init; }

    /// <summary>The cells of the study in the order in which they are measured.</summary>
    internal IEnumerable<NeighbourCell> Cells() => (from dataset in Datasets from features in Features select new NeighbourCell(dataset, features)).Distinct();

    /// <inheritdoc/>
    public string? WhyUnused(string given) => given switch
    {
        "--epochs" or "--seed" when !Features.Contains(Codes) => $"--features has no {Codes}, the only one that is trained; add it, or leave {given} out",
        "--data" when Datasets.All(name => name == DatasetCatalog.Generated) =>
            $"the images of --datasets {DatasetCatalog.Generated} are drawn by the tool; choose others with --datasets, or leave --data out",
        _ => null,
    };

    /// <summary>Checks every setting once.</summary>
    /// <exception cref="UserErrorException">A setting is out of its domain; the message names it and what is allowed.</exception>
    public void Validate()
    {
        StudySettings.RequireEach(Datasets, DatasetCatalog.Names.Contains, "datasets", string.Join(", ", DatasetCatalog.Names));
        StudySettings.RequireEach(Features, AllFeatures.Contains, "features", string.Join(", ", AllFeatures));
        StudySettings.Require(Epochs is >= 1 and <= 10_000, "epochs", Epochs, "1 to 10000");
        StudySettings.Require(Threads is >= 0 and <= 1024, "threads", Threads, "0 (libtorch's choice) to 1024");
    }
}

/// <summary>A data set and what distances are measured between.</summary>
internal readonly record struct NeighbourCell(string Dataset, string Features);
