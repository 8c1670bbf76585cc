namespace SoftPerm.Experiments.Studies;

/// <summary>The study of NeuralSort's temperature: how near the exact permutation it is, and how noisy its gradient.</summary>
public static class TemperatureStudy
{
    /// <summary>Measures what is missing in a folder, and then writes its table and pictures.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="path">The folder; one that holds rows of a study with the same settings is continued.</param>
    /// <param name="report">Takes lines of progress.</param>
    /// <param name="stop">Stops the study; rows written stay.</param>
    /// <returns>What the lowest temperature gives, as text; null if it was stopped.</returns>
    /// <exception cref="UserErrorException">A setting is out of its domain, or the folder holds another study or cannot be written to.</exception>
    public static string? Run(TemperatureStudyConfig config, string path, Action<string> report, CancellationToken stop)
    {
        config.Validated();
        var folder = new StudyFolder<TemperatureStudyConfig, TemperatureRow>(path, config);
        var measurement = new TemperatureMeasurement(config, stop);
        if (!StudyRunner.Complete(folder, config.Cells(), row => row.Cell, measurement.Measure, report, stop)) return null;
        folder.WriteText("table.md", TemperatureTable.Page(config, folder.Rows));
        TemperaturePictures.DrawDistance(folder.Rows, folder.At("distance.png"));
        TemperaturePictures.DrawVariance(folder.Rows, folder.At("log-variance.png"));
        return TemperatureTable.Summary(folder.Rows);
    }
}
