using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Models;
using SoftPerm.Experiments.Tasks.Neighbours;
using SoftPerm.Experiments.Training;

namespace SoftPerm.Experiments.Reproduction;

/// <summary>The trained runs that Tables 3 and 5 share, in the folder of Table 3.</summary>
internal static class NeighbourRuns
{
    /// <summary>The folder's name.</summary>
    public const string Folder = "table3";

    /// <summary>k of the runs of Table 3.</summary>
    public const int K = 9;

    /// <summary>The run of a method, data set and k, with the paper's network for MNIST.</summary>
    public static TrainedCell<KnnConfig, KnnFigures> Cell(string method, string dataset, int k, string column) => new(method, column, new KnnConfig
    {
        Dataset = dataset,
        Method = method,
        K = k,
        Network = EmbeddingNetworks.ConvNet,
        LearningRate = 5e-2,
        Temperature = 4,
        FinalTemperature = 4,
        Threads = 1,
    })
    {
        Name = method == KnnMethods.Classifier ? $"{method}-{dataset}" : $"{method}-{dataset}-k{k}",
    };

    /// <summary>The data sets that are measured whole.</summary>
    public static IReadOnlyList<string> Datasets { get; } = [PublishedDataset.Mnist.Name, PublishedDataset.FashionMnist.Name];

    /// <summary>The accuracy of a run in percent.</summary>
    public static string Show(TrainingResult<KnnConfig, KnnFigures> result) => FormattableString.Invariant($"{100 * result.Test.Accuracy:f2}");
}
