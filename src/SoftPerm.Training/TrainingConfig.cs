using System.Text.Json.Serialization;

namespace SoftPerm.Training;

/// <summary>What every training has to settle, whatever the task; a task's own settings derive from it. Written to <c>config.json</c>.</summary>
public abstract record TrainingConfig : ISettings
{
    /// <summary>The name of the task.</summary>
    public abstract string Task { get; }

    /// <summary>Training steps.</summary>
    public long Steps { get; init; } = 5000;

    /// <summary>The optimizer's highest learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The shape of the learning rate over the run, one of <see cref="LearningRateSchedule.Shapes"/>.</summary>
    public string Schedule { get; init; } = "cosine";

    /// <summary>Steps over which the learning rate first rises.</summary>
    public long WarmUp { get; init; } = 100;

    /// <summary>τ at the first step.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>τ at the last step; annealed geometrically in between.</summary>
    public double FinalTemperature { get; init; } = 1;

    /// <summary>Steps between two rows of metrics.</summary>
    public long LogEvery { get; init; } = 50;

    /// <summary>Steps between two validations, each followed by a checkpoint; a multiple of <see cref="LogEvery"/>.</summary>
    public long ValidateEvery { get; init; } = 500;

    /// <summary>Validations without a better one after which the run stops early; 0 never.</summary>
    public int Patience { get; init; }

    /// <summary>The seed of weights, batches and noise.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Where networks compute, "cpu" or "cuda:0"; all else does on the CPU.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>libtorch's threads; 0 leaves the choice to libtorch.</summary>
    public int Threads { get; init; }

    /// <summary>The lengths of lists, where training and validation have different ones.</summary>
    [JsonIgnore]
    public virtual ListLengths? Lengths => null;

    /// <summary>What is trained, in a line.</summary>
    public virtual string Headline() => $"Training {Task} on {Device}";

    /// <inheritdoc/>
    public virtual void Validate()
    {
        Settings.Require(Steps is >= 1 and <= 1_000_000_000, nameof(Steps), Steps, "1 to 1000000000");
        Settings.Require(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "a positive number");
        Settings.RequireOneOf(LearningRateSchedule.Shapes, nameof(Schedule), Schedule);
        Settings.Require(WarmUp >= 0, nameof(WarmUp), WarmUp, "0 or more");
        Settings.Require(Temperature > 0 && double.IsFinite(Temperature), nameof(Temperature), Temperature, "a positive number");
        Settings.Require(FinalTemperature > 0 && double.IsFinite(FinalTemperature), nameof(FinalTemperature), FinalTemperature, "a positive number");
        Settings.Require(LogEvery >= 1, nameof(LogEvery), LogEvery, "at least 1");
        Settings.Require(ValidateEvery >= 1 && ValidateEvery % LogEvery == 0, nameof(ValidateEvery), ValidateEvery, $"a multiple of '{nameof(LogEvery)}' ({LogEvery})");
        Settings.Require(Patience >= 0, nameof(Patience), Patience, "0 or more");
        Settings.RequireOneOf(NetworkDevice.Names, nameof(Device), Device);
        Settings.Require(Threads is >= 0 and <= 1024, nameof(Threads), Threads, "0 (libtorch's choice) to 1024");
    }

    /// <inheritdoc/>
    public virtual string? WhyUnused(string setting) => null;
}

/// <summary>Lists of different lengths in training and in validation: figures of the one say little of the other.</summary>
/// <param name="Training">Items of a list that is trained on, and that the loss of training is of.</param>
/// <param name="Validation">Items of a list that is validated on.</param>
public sealed record ListLengths(int Training, int Validation)
{
    /// <summary>Items of the lists that measures of training, other than the loss, are of: longer ones are cut to those of validation.</summary>
    public int Measured => Math.Min(Training, Validation);

    /// <summary>What the figures shown are of, in a few words.</summary>
    public string Caption => Measured == Validation
        ? FormattableString.Invariant($"accuracies on lists of {Validation}, loss on {Training}")
        : FormattableString.Invariant($"training on lists of {Training}, validation on {Validation}");
}
