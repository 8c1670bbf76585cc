using System.CommandLine;
using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Studies;

namespace SoftPerm.Cli;

/// <summary><c>softperm study neighbours</c>: the accuracy of nearest neighbours of features that no sort was trained through.</summary>
internal sealed class StudyNeighboursCommand : Command
{
    private static readonly Setting<NeighbourStudyConfig>[] Settings =
    [
        ListSetting.Of<NeighbourStudyConfig, string>("--datasets", "Data sets: generated, mnist, fashion-mnist, cifar-10, cifar-10-sample.", c => c.Datasets, (c, v) => c with { Datasets = v }).Offering(DatasetCatalog.Names),
        ListSetting.Of<NeighbourStudyConfig, string>("--features", "What distances are measured between: pixels, pca (50 components), autoencoder (its code of 50).", c => c.Features, (c, v) => c with { Features = v }).Offering(NeighbourStudyConfig.AllFeatures),
        Setting<NeighbourStudyConfig>.Of<int>("--epochs", "How often the autoencoder sees every image.", c => c.Epochs, (c, v) => c with { Epochs = v }),
        DataSetting.Of<NeighbourStudyConfig>((c, v) => c with { DataDirectory = v }),
        Setting<NeighbourStudyConfig>.Of<ulong>("--seed", "The seed of the autoencoder.", c => c.Seed, (c, v) => c with { Seed = v }),
        Setting<NeighbourStudyConfig>.Of<int>("--threads", "libtorch's threads; 0 leaves the choice to libtorch.", c => c.Threads, (c, v) => c with { Threads = v }),
    ];

    /// <summary>Builds the command.</summary>
    public StudyNeighboursCommand() : base("neighbours", "Nearest neighbours of pixels, principal components and an autoencoder's code: the baselines of the paper's Table 3.")
    {
        var study = new StudyAction<NeighbourStudyConfig>("neighbours", new NeighbourStudyConfig(), NeighbourStudyConfig.Quick, Settings, NeighbourStudy.Run);
        study.Install(this);
        this.WithExamples(
            "softperm study neighbours --quick",
            "softperm study neighbours --datasets mnist --features pixels,pca");
    }
}
