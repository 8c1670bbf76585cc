using static TorchSharp.torch;

namespace SoftPerm.Experiments.Studies;

/// <summary>The study of relaxations: what each learns and costs, on the same work.</summary>
public static class RelaxationStudy
{
    /// <summary>Measures what is missing in a folder, and then writes its page.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="path">The folder; one that holds rows of a study with the same settings is continued.</param>
    /// <param name="peakBytes">Measures <see cref="PeakBytes"/> in a process of its own, given settings with one relaxation and one n; null where it cannot.</param>
    /// <param name="report">Takes lines of progress.</param>
    /// <param name="stop">Stops the study; rows written stay.</param>
    /// <returns>The fastest and the most faithful at each n, as text; null if it was stopped.</returns>
    /// <exception cref="UserErrorException">A setting is out of its domain, or the folder holds another study or cannot be written to.</exception>
    public static string? Run(RelaxationStudyConfig config, string path, Func<RelaxationStudyConfig, long?> peakBytes, Action<string> report, CancellationToken stop)
    {
        config.Validate();
        if (config.Threads > 0) set_num_threads(config.Threads);
        var folder = new StudyFolder<RelaxationStudyConfig, RelaxationRow>(path, config);
        var measurement = new RelaxationMeasurement(config, peakBytes, stop);
        if (!StudyRunner.Complete(folder, config.Cells(), row => row.Cell, measurement.Measure, report, stop)) return null;
        folder.WriteText("table.md", RelaxationTable.Measured(config, folder.Rows));
        folder.WriteText("choosing.md", RelaxationTable.Page(config, folder.Rows));
        return RelaxationTable.Summary(folder.Rows);
    }

    /// <summary>The memory that soft ranks and their gradient take at their peak, measured in this process, which should have done nothing else.</summary>
    /// <param name="config">Settings with one relaxation and one n.</param>
    /// <returns>Bytes.</returns>
    /// <exception cref="UserErrorException">A setting is out of its domain, or this is not Linux.</exception>
    public static long PeakBytes(RelaxationStudyConfig config)
    {
        config.Validate();
        StudySettings.Require(config.Cells().Count() == 1, "items", string.Join(',', config.Items), "one relaxation and one number of items");
        if (config.Threads > 0) set_num_threads(config.Threads);
        return RelaxationMeasurement.PeakBytes(config, config.Cells().Single());
    }
}
