namespace SoftPerm.Experiments.Studies;

/// <summary>The study of gradient estimators: bias, variance and cost against the exact gradient, over n, budgets and temperatures.</summary>
public static class GradientStudy
{
    /// <summary>Measures what is missing in a folder, and then writes its table and picture.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="path">The folder; one that holds rows of a study with the same settings is continued.</param>
    /// <param name="report">Takes lines of progress.</param>
    /// <param name="stop">Stops the study; rows written stay.</param>
    /// <returns>The variances at a glance, as text; null if it was stopped.</returns>
    /// <exception cref="UserErrorException">A setting is out of its domain, or the folder holds another study or cannot be written to.</exception>
    public static string? Run(GradientStudyConfig config, string path, Action<string> report, CancellationToken stop)
    {
        config.Validated();
        var folder = new StudyFolder<GradientStudyConfig, GradientRow>(path, config);
        var measurement = new GradientMeasurement(config, stop);
        if (!StudyRunner.Complete(folder, config.Cells(), row => row.Cell, measurement.Measure, report, stop)) return null;
        folder.WriteText("table.md", GradientTable.Page(config, folder.Rows));
        VariancePicture.Draw(config, folder.Rows, folder.At("variance.png"));
        return GradientTable.Overview(folder.Rows);
    }
}
