using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Studies;

namespace SoftPerm.Experiments.Reproduction;

/// <summary>A cell of nearest neighbours of features that no sort was trained through: a study of one row, whatever the minutes.</summary>
/// <param name="Method">The features, one of <see cref="NeighbourStudyConfig.AllFeatures"/>.</param>
/// <param name="Column">The data set.</param>
internal sealed record BaselineCell(string Method, string Column) : ReproducedCell(Method, Column)
{
    public override bool DependsOnMinutes => false;

    public override bool Complete(string folder, ReproductionOptions options, ITrainingProgress progress, CancellationToken stop) =>
        NeighbourStudy.Run(Config with { DataDirectory = options.DataDirectory }, folder, progress.Message, stop) is not null;

    /// <summary>The row in a folder; null where there is none yet.</summary>
    public NeighbourRow? Row(string folder) => Directory.Exists(folder)
        && new StudyFolder<NeighbourStudyConfig, NeighbourRow>(folder, Config).Rows is [var row] ? row : null;

    private NeighbourStudyConfig Config => new() { Datasets = [Column], Features = [Method], Threads = 1 };
}
