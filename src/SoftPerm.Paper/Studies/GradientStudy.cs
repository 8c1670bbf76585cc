using SoftPerm.Training;

namespace SoftPerm.Paper.Studies;

/// <summary>The study of gradient estimators: bias, variance and cost against the exact gradient, over n, budgets and temperatures.</summary>
public static class GradientStudy
{
    /// <summary>Measures what is missing in a folder, and then writes its table and picture.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="path">The folder; one that holds rows of a study with the same settings is continued.</param>
    /// <param name="progress">Takes lines of progress.</param>
    /// <param name="cancellationToken">Stops the study; rows written stay.</param>
    /// <returns>The variances at a glance, as text; null if it was stopped.</returns>
    /// <exception cref="UserErrorException">A setting is out of its domain, or the folder holds another study or cannot be written to.</exception>
    public static string? Run(GradientStudyConfig config, string path, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        config.Validated();
        var folder = new StudyFolder<GradientStudyConfig, GradientRow>(path, config);
        var measurement = new GradientMeasurement(config, cancellationToken);
        if (!StudyRunner.Complete(folder, config.Cells(), row => row.Cell, measurement.Measure, progress, cancellationToken)) return null;
        folder.WriteText("table.md", GradientTable.Page(config, folder.Rows));
        VariancePicture.Draw(config, folder.Rows, folder.At("variance.png"));
        return GradientTable.Overview(folder.Rows);
    }
}

/// <summary>Everything that determines a study of gradient estimators.</summary>
public sealed record GradientStudyConfig : ISettings
{
    /// <summary>A study of seconds, to see how it works.</summary>
    public static GradientStudyConfig Quick { get; } = new() { Items = [5], Temperatures = [0.3, 1, 3], Repetitions = 1000, CriticSteps = 60, TimedCalls = 20 };

    /// <summary>The estimators, by name.</summary>
    public IReadOnlyList<string> Estimators { get; init; } = [.. StudyEstimators.Names];

    /// <summary>The numbers of items n.</summary>
    public IReadOnlyList<int> Items { get; init; } = [5, 10, 20, 50];

    /// <summary>Budgets: evaluations of the cost that one call may spend.</summary>
    public IReadOnlyList<long> Evaluations { get; init; } = [6];

    /// <summary>Temperatures τ of the estimators that relax.</summary>
    public IReadOnlyList<double> Temperatures { get; init; } = [0.1, 0.3, 1, 3, 10, 30];

    /// <summary>Independent estimates of each gradient.</summary>
    public long Repetitions { get; init; } = 10_000;

    /// <summary>Steps in which the critic of RELAX is trained.</summary>
    public long CriticSteps { get; init; } = 500;

    /// <summary>Single calls whose median time is reported.</summary>
    public int TimedCalls { get; init; } = 60;

    /// <summary>The seed of logits, target and samples.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The cells of the study in the order in which they are measured.</summary>
    internal IEnumerable<GradientCell> Cells() =>
        (from items in Items
         from evaluations in Evaluations
         from name in Estimators
         from temperature in StudyEstimators.Find(name).HasTemperature ? Temperatures.Select(t => (double?)t) : [null]
         select new GradientCell(name, items, evaluations, temperature)).Distinct();

    /// <inheritdoc/>
    void ISettings.Validate() => Validated();

    /// <inheritdoc/>
    public string? WhyUnused(string setting) => setting switch
    {
        nameof(Temperatures) when !Uses(e => e.HasTemperature) => For(e => e.HasTemperature, "has a temperature"),
        nameof(CriticSteps) when !Uses(e => e.IsTrained) => For(e => e.IsTrained, "has a critic"),
        _ => null,
    };

    private bool Uses(Func<StudyEstimator, bool> has) => Estimators.Any(name => has(StudyEstimators.Find(name)));

    private static string For(Func<StudyEstimator, bool> has, string what) =>
        $"none of 'Estimators' {what}; add {string.Join(" or ", StudyEstimators.All.Where(has).Select(e => e.Name))} to them, or leave it out";

    /// <summary>Checks every setting once.</summary>
    /// <exception cref="UserErrorException">A setting is out of its domain; the message names it and what is allowed.</exception>
    public GradientStudyConfig Validated()
    {
        Settings.RequireEach(Estimators, StudyEstimators.Names.Contains, nameof(Estimators), string.Join(", ", StudyEstimators.Names));
        Settings.RequireEach(Items, n => n is >= 2 and <= 500, nameof(Items), "whole numbers from 2 to 500");
        Settings.RequireEach(Evaluations, e => e is >= 3 and <= 200, nameof(Evaluations), "whole numbers from 3 (what one sample of rebar spends) to 200");
        Settings.RequireEach(Temperatures, t => t > 0 && double.IsFinite(t), nameof(Temperatures), "positive numbers");
        Settings.Require(Repetitions is >= 2 and <= 100_000_000, nameof(Repetitions), Repetitions, "2 to 100000000");
        Settings.Require(CriticSteps is >= 0 and <= 1_000_000, nameof(CriticSteps), CriticSteps, "0 to 1000000");
        Settings.Require(TimedCalls is >= 1 and <= 100_000, nameof(TimedCalls), TimedCalls, "1 to 100000");
        return this;
    }
}
