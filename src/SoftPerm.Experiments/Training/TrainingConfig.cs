using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Models;

namespace SoftPerm.Experiments.Training;

/// <summary>What every training has to settle, whatever the task.</summary>
public abstract partial record TrainingConfig : ISettings
{
    /// <summary>The name of the task.</summary>
    public abstract string Task { get; }

    /// <summary>The data set.</summary>
    public string Dataset { get; init; } = "generated";

    /// <summary>The folder given with <c>--data</c>, if any.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Training steps.</summary>
    public long Steps { get; init; } = 5000;

    /// <summary>The optimizer's highest learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The schedule's shape, one of <see cref="LearningRateSchedule.Shapes"/>.</summary>
    public string Schedule { get; init; } = "cosine";

    /// <summary>Steps over which the learning rate first rises.</summary>
    public long WarmUp { get; init; } = 100;

    /// <summary>τ at the first step.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>τ at the last step; annealed geometrically in between.</summary>
    public double FinalTemperature { get; init; } = 1;

    /// <summary>Samples a step of a stochastic method.</summary>
    public int Samples { get; init; } = 5;

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

    /// <summary>The run in a line, as the title of its learning curve.</summary>
    internal abstract string Title { get; }

    /// <summary>The lengths of lists, where training and validation have different ones.</summary>
    internal virtual ListLengths? Lengths => null;

    /// <summary>The learning rate over the run.</summary>
    internal LearningRateSchedule LearningRates => new(Schedule, LearningRate, WarmUp, Steps);

    /// <summary>The temperature over the run.</summary>
    internal TemperatureSchedule Temperatures => new(Temperature, FinalTemperature, Steps);

    /// <summary>Checks every setting once.</summary>
    /// <exception cref="UserErrorException">A setting is out of its domain; the message names it and what is allowed.</exception>
    internal virtual void Validate()
    {
        Require(Steps is >= 1 and <= 1_000_000_000, "steps", Steps, "1 to 1000000000");
        Require(Samples is >= 1 and <= 10_000, "samples", Samples, "1 to 10000");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), "learning-rate", LearningRate, "a positive number");
        RequireOneOf(LearningRateSchedule.Shapes, "schedule", Schedule);
        Require(WarmUp >= 0, "warm-up", WarmUp, "0 or more");
        Require(Temperature > 0 && double.IsFinite(Temperature), "temperature", Temperature, "a positive number");
        Require(FinalTemperature > 0 && double.IsFinite(FinalTemperature), "final-temperature", FinalTemperature, "a positive number");
        Require(LogEvery >= 1, "log-every", LogEvery, "at least 1");
        Require(ValidateEvery >= 1 && ValidateEvery % LogEvery == 0, "validate-every", ValidateEvery, $"a multiple of --log-every ({LogEvery})");
        Require(Patience >= 0, "patience", Patience, "0 or more");
        RequireOneOf(NetworkDevice.Names, "device", Device);
        Require(Threads is >= 0 and <= 1024, "threads", Threads, "0 (libtorch's choice) to 1024");
    }

    /// <summary>Complains of a setting in the tool's words.</summary>
    private protected static void Require<T>(bool holds, string option, T value, string allowed)
    {
        if (holds) return;
        var wrong = new WrongSetting($"--{option}", FormattableString.Invariant($"{value}"), allowed);
        throw new UserErrorException($"{wrong.Option} is {wrong.Value}; allowed: {allowed}.") { Setting = wrong };
    }

    /// <summary>Complains of a name that is not among those known.</summary>
    private protected static void RequireOneOf(IReadOnlyList<string> names, string option, string name) =>
        Require(names.Contains(name), option, name, string.Join(", ", names));
}

/// <summary>The settings of a task whose test has a result of a certain type.</summary>
/// <typeparam name="TTest">What the test after training gives.</typeparam>
public abstract record TrainingConfig<TTest> : TrainingConfig
{
    /// <summary>Makes the task, with a network of fresh weights.</summary>
    internal abstract ITrainingTask<TTest> CreateTask(ImageDataset data);
}
