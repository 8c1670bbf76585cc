using System.Text.Json.Serialization;
using SoftPerm.Training.IO;

namespace SoftPerm.Training;

/// <summary>Where a run stands, apart from its tensors; immutable, written to <c>state.json</c> in each checkpoint.</summary>
internal sealed record TrainingState
{
    private const string FileName = "state.json";

    public static TrainingState Start { get; } = new();

    /// <summary>Steps done.</summary>
    public long Step { get; init; }

    /// <summary>Wall time of training and validation over all sessions.</summary>
    public double Seconds { get; init; }

    /// <summary>Processor time of the same, all threads of the process together.</summary>
    public double ProcessorSeconds { get; init; }

    /// <summary>Sums since the last row of metrics.</summary>
    public RunningMeans Means { get; init; } = RunningMeans.None;

    /// <summary>The best validation, in the task's opinion.</summary>
    public Metrics? Best { get; init; }

    /// <summary>The latest validation.</summary>
    public Metrics? Last { get; init; }

    /// <summary>The step of the latest validation.</summary>
    public long LastValidated { get; init; }

    /// <summary>Validations since the best one.</summary>
    public int ValidationsSinceBest { get; init; }

    /// <summary>The latest step's outcome, for display.</summary>
    [JsonIgnore]
    public Metrics? LastStep { get; init; }

    public TrainingState After(Metrics step) => this with { Step = Step + 1, Means = Means.With(step), LastStep = step };

    public TrainingState Validated(Metrics outcome, bool better) => this with
    {
        Last = outcome,
        LastValidated = Step,
        Best = better ? outcome : Best,
        ValidationsSinceBest = better ? 0 : ValidationsSinceBest + 1,
    };

    public void Write(string folder) => AtomicFile.WriteAllText(Path.Combine(folder, FileName), JsonFile.Text(this));

    public static TrainingState Read(string folder) => JsonFile.Read<TrainingState>(Path.Combine(folder, FileName));
}
