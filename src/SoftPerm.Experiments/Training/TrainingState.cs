using System.Text.Json;
using System.Text.Json.Serialization;
using SoftPerm.Experiments.Files;
using SoftPerm.Experiments.Runs;

namespace SoftPerm.Experiments.Training;

/// <summary>Where a run stands, apart from its tensors; immutable, written to <c>state.json</c> in each checkpoint.</summary>
internal sealed record TrainingState
{
    private const string FileName = "state.json";
    private static readonly JsonSerializerOptions Options = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

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
    public Outcome? Best { get; init; }

    /// <summary>The latest validation.</summary>
    public Outcome? Last { get; init; }

    /// <summary>The step of the latest validation.</summary>
    public long LastValidated { get; init; }

    /// <summary>Validations since the best one.</summary>
    public int ValidationsSinceBest { get; init; }

    /// <summary>The latest step's outcome, for display.</summary>
    [JsonIgnore]
    public Outcome? LastStep { get; init; }

    public TrainingState After(Outcome step) => this with { Step = Step + 1, Means = Means.With(step), LastStep = step };

    public TrainingState Validated(Outcome outcome, bool better) => this with
    {
        Last = outcome,
        LastValidated = Step,
        Best = better ? outcome : Best,
        ValidationsSinceBest = better ? 0 : ValidationsSinceBest + 1,
    };

    public void Write(string folder) => AtomicFile.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Options));

    public static TrainingState Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return JsonSerializer.Deserialize<TrainingState>(File.ReadAllText(path), Options) ?? throw new UserErrorException($"{path} is empty.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{path} cannot be read: {e.Message}", e);
        }
    }
}
