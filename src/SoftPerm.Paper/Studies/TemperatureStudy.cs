using System.Globalization;
using SoftPerm.Training;

namespace SoftPerm.Paper.Studies;

/// <summary>The study of NeuralSort's temperature: how near the exact permutation it is, and how noisy its gradient.</summary>
public static class TemperatureStudy
{
    /// <summary>Measures what is missing in a folder, and then writes its table and pictures.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="path">The folder; one that holds rows of a study with the same settings is continued.</param>
    /// <param name="progress">Takes lines of progress.</param>
    /// <param name="cancellationToken">Stops the study; rows written stay.</param>
    /// <returns>What the lowest temperature gives, as text; null if it was stopped.</returns>
    /// <exception cref="UserErrorException">A setting is out of its domain, or the folder holds another study or cannot be written to.</exception>
    public static string? Run(TemperatureStudyConfig config, string path, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        config.Validated();
        var folder = new StudyFolder<TemperatureStudyConfig, TemperatureRow>(path, config);
        var measurement = new TemperatureMeasurement(config, cancellationToken);
        if (!StudyRunner.Complete(folder, config.Cells(), row => row.Cell, measurement.Measure, progress, cancellationToken)) return null;
        folder.WriteText("table.md", TemperatureTable.Page(config, folder.Rows));
        TemperaturePictures.DrawDistance(folder.Rows, folder.At("distance.png"));
        TemperaturePictures.DrawVariance(folder.Rows, folder.At("log-variance.png"));
        return TemperatureTable.Summary(folder.Rows);
    }
}

/// <summary>Everything that determines a study of the temperature.</summary>
public sealed record TemperatureStudyConfig : ISettings
{
    /// <summary>A study of seconds, to see how it works.</summary>
    public static TemperatureStudyConfig Quick { get; } = new() { Items = [5, 20], PerDecade = 1, Samples = 500 };

    /// <summary>The numbers of items n.</summary>
    public IReadOnlyList<int> Items { get; init; } = [5, 20, 100];

    /// <summary>The highest temperature τ.</summary>
    public double From { get; init; } = 100;

    /// <summary>The lowest.</summary>
    public double To { get; init; } = 0.001;

    /// <summary>Temperatures in each factor of ten.</summary>
    public int PerDecade { get; init; } = 4;

    /// <summary>Draws of Gumbel noise at each temperature.</summary>
    public int Samples { get; init; } = 4000;

    /// <summary>The seed of scores and noise.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The cells of the study in the order in which they are measured.</summary>
    internal IEnumerable<TemperatureCell> Cells() =>
        (from items in Items from temperature in Temperatures() select new TemperatureCell(items, temperature)).Distinct();

    /// <summary>The temperatures, evenly spaced in their logarithms and with both ends, to six digits.</summary>
    internal IEnumerable<double> Temperatures()
    {
        var steps = (int)Math.Max(1, Math.Round(PerDecade * Math.Log10(From / To)));
        return Enumerable.Range(0, steps + 1).Select(k => double.Parse(
            (From * Math.Pow(To / From, (double)k / steps)).ToString("g6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    void ISettings.Validate() => Validated();

    /// <inheritdoc/>
    public string? WhyUnused(string setting) => null; // every one has an effect beside all others

    /// <summary>Checks every setting once.</summary>
    /// <exception cref="UserErrorException">A setting is out of its domain; the message names it and what is allowed.</exception>
    public TemperatureStudyConfig Validated()
    {
        Settings.RequireEach(Items, n => n is >= 2 and <= 1000, nameof(Items), "whole numbers from 2 to 1000");
        Settings.Require(To > 0 && double.IsFinite(To), nameof(To), To, "a positive number");
        Settings.Require(From > To && double.IsFinite(From), nameof(From), From, "a number above 'To'");
        Settings.Require(PerDecade is >= 1 and <= 1000, nameof(PerDecade), PerDecade, "1 to 1000");
        Settings.Require(Samples is >= 2 and <= 10_000_000, nameof(Samples), Samples, "2 to 10000000");
        return this;
    }
}
