using SoftPerm.Training;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Studies;

/// <summary>The study of relaxations: what each learns and costs, on the same work.</summary>
public static class RelaxationStudy
{
    /// <summary>Measures what is missing in a folder, and then writes its page.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="path">The folder; one that holds rows of a study with the same settings is continued.</param>
    /// <param name="peakBytes">Measures <see cref="PeakBytes"/> in a process of its own, given settings with one relaxation and one n; null where it cannot.</param>
    /// <param name="progress">Takes lines of progress.</param>
    /// <param name="cancellationToken">Stops the study; rows written stay.</param>
    /// <returns>The fastest and the most faithful at each n, as text; null if it was stopped.</returns>
    /// <exception cref="UserErrorException">A setting is out of its domain, or the folder holds another study or cannot be written to.</exception>
    public static string? Run(RelaxationStudyConfig config, string path, Func<RelaxationStudyConfig, long?> peakBytes, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        config.Validate();
        if (config.Threads > 0) set_num_threads(config.Threads);
        var folder = new StudyFolder<RelaxationStudyConfig, RelaxationRow>(path, config);
        var measurement = new RelaxationMeasurement(config, peakBytes, cancellationToken);
        if (!StudyRunner.Complete(folder, config.Cells(), row => row.Cell, measurement.Measure, progress, cancellationToken)) return null;
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
        Settings.Require(config.Cells().Count() == 1, nameof(config.Items), string.Join(',', config.Items), "one relaxation and one number of items");
        if (config.Threads > 0) set_num_threads(config.Threads);
        return RelaxationMeasurement.PeakBytes(config, config.Cells().Single());
    }
}

/// <summary>Everything that determines a study of relaxations.</summary>
public sealed record RelaxationStudyConfig : ISettings
{
    /// <summary>A study of seconds, to see how it works.</summary>
    public static RelaxationStudyConfig Quick { get; } = new() { Items = [10], Steps = 20, WorkItems = 10_000 };

    /// <summary>The relaxations, by their names in <see cref="RelaxationCatalog"/>.</summary>
    public IReadOnlyList<string> Relaxations { get; init; } = [.. RelaxationCatalog.All.Select(known => known.Name)];

    /// <summary>The numbers of items n.</summary>
    public IReadOnlyList<int> Items { get; init; } = [10, 100, 1000];

    /// <summary>Steps of training a scorer.</summary>
    public int Steps { get; init; } = 50;

    /// <summary>Items that are sorted at once when time is measured, in as many lists as they make.</summary>
    public int WorkItems { get; init; } = 100_000;

    /// <summary>The seed of weights and items.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>libtorch's threads; 0 leaves the choice to libtorch.</summary>
    public int Threads { get; init; }

    /// <summary>The cells of the study in the order in which they are measured.</summary>
    internal IEnumerable<RelaxationCell> Cells() => (from items in Items from relaxation in Relaxations select new RelaxationCell(relaxation, items)).Distinct();

    /// <inheritdoc/>
    public string? WhyUnused(string setting) => null; // every one has an effect beside all others

    /// <summary>Checks every setting once.</summary>
    /// <exception cref="UserErrorException">A setting is out of its domain; the message names it and what is allowed.</exception>
    public void Validate()
    {
        Settings.RequireEach(
            Relaxations, name => RelaxationCatalog.All.Any(known => known.Name == name), nameof(Relaxations), string.Join(", ", RelaxationCatalog.All.Select(known => known.Name)));
        Settings.RequireEach(Items, n => n is >= 2 and <= 100_000, nameof(Items), "whole numbers from 2 to 100000");
        if (Relaxations.Contains("odd-even")) Settings.RequireEach(Items, n => n <= 16_384, nameof(Items), "at most 16384 with odd-even, whose network has n²/2 comparators");
        Settings.Require(Steps is >= 1 and <= 100_000, nameof(Steps), Steps, "1 to 100000");
        Settings.Require(WorkItems is >= 2 and <= 10_000_000, nameof(WorkItems), WorkItems, "2 to 10000000");
        Settings.Require(Threads is >= 0 and <= 1024, nameof(Threads), Threads, "0 (libtorch's choice) to 1024");
    }
}

/// <summary>A relaxation and a number of items.</summary>
internal sealed record RelaxationCell(string Relaxation, int Items);
