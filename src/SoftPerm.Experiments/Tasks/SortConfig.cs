using SoftPerm.Experiments.Models;
using SoftPerm.Experiments.Training;

namespace SoftPerm.Experiments.Tasks;

/// <summary>Everything that determines a run of the sorting task; written to <c>config.json</c>.</summary>
public sealed record SortConfig
{
    /// <summary>The data set the digits come from.</summary>
    public string Dataset { get; init; } = "generated";

    /// <summary>The folder given with <c>--data</c>, if any.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Digits side by side in one image.</summary>
    public int Digits { get; init; } = 4;

    /// <summary>Items of a sequence in validation and test.</summary>
    public int Items { get; init; } = 5;

    /// <summary>Items of a training sequence.</summary>
    public int TrainItems { get; init; } = 5;

    /// <summary>Training sequences a step.</summary>
    public int Sequences { get; init; } = 20;

    /// <summary>Training steps.</summary>
    public long Steps { get; init; } = 5000;

    /// <summary>The network, one of <see cref="NumberNetworks.Names"/>.</summary>
    public string Network { get; init; } = NumberNetworks.Paper;

    /// <summary>How the loss is formed, one of <see cref="SortMethods.Names"/>.</summary>
    public string Method { get; init; } = SortMethods.Deterministic;

    /// <summary>Samples a step of a stochastic method.</summary>
    public int Samples { get; init; } = 5;

    /// <summary>Adam's highest learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The schedule's shape, one of <see cref="LearningRateSchedule.Shapes"/>.</summary>
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

    /// <summary>Sequences of a validation.</summary>
    public int ValidationSequences { get; init; } = 500;

    /// <summary>Validations without a better one after which the run stops early; 0 never.</summary>
    public int Patience { get; init; }

    /// <summary>Sequences of the final test.</summary>
    public int TestSequences { get; init; } = 10_000;

    /// <summary>The seed of weights, sequences and noise.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>libtorch's threads; 0 leaves the choice to libtorch.</summary>
    public int Threads { get; init; }

    /// <summary>Images a step.</summary>
    internal int ImagesPerStep => (int)ImagesPerStep64;

    private long ImagesPerStep64 => (long)Sequences * TrainItems;

    /// <summary>The learning rate over the run.</summary>
    internal LearningRateSchedule LearningRates => new(Schedule, LearningRate, WarmUp, Steps);

    /// <summary>The temperature over the run.</summary>
    internal TemperatureSchedule Temperatures => new(Temperature, FinalTemperature, Steps);

    /// <summary>Checks every setting once.</summary>
    /// <exception cref="UserErrorException">A setting is out of its domain; the message names it and what is allowed.</exception>
    public SortConfig Validated()
    {
        Require(Digits is >= 1 and <= 9, "digits", Digits, "1 to 9");
        Require(Items is >= 2 and <= 10_000, "items", Items, "2 to 10000");
        Require(TrainItems is >= 2 and <= 10_000, "train-items", TrainItems, "2 to 10000");
        Require(Sequences is >= 1 and <= 100_000, "sequences", Sequences, "1 to 100000");
        Require(ImagesPerStep64 <= 1_000_000, "sequences times train-items", ImagesPerStep64, "at most 1000000 images a step");
        Require(Steps is >= 1 and <= 1_000_000_000, "steps", Steps, "1 to 1000000000");
        Require(NumberNetworks.Names.Contains(Network), "network", Network, string.Join(", ", NumberNetworks.Names));
        Require(SortMethods.Names.Contains(Method), "method", Method, string.Join(", ", SortMethods.Names));
        Require(Samples is >= 1 and <= 10_000, "samples", Samples, "1 to 10000");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), "learning-rate", LearningRate, "a positive number");
        Require(LearningRateSchedule.Shapes.Contains(Schedule), "schedule", Schedule, string.Join(", ", LearningRateSchedule.Shapes));
        Require(WarmUp >= 0, "warm-up", WarmUp, "0 or more");
        Require(Temperature > 0 && double.IsFinite(Temperature), "temperature", Temperature, "a positive number");
        Require(FinalTemperature > 0 && double.IsFinite(FinalTemperature), "final-temperature", FinalTemperature, "a positive number");
        Require(LogEvery >= 1, "log-every", LogEvery, "at least 1");
        Require(ValidateEvery >= 1 && ValidateEvery % LogEvery == 0, "validate-every", ValidateEvery, $"a multiple of log-every ({LogEvery})");
        Require(ValidationSequences is >= 1 and <= 10_000_000, "validation-sequences", ValidationSequences, "1 to 10000000");
        Require(Patience >= 0, "patience", Patience, "0 or more");
        Require(TestSequences is >= 1 and <= 10_000_000, "test-sequences", TestSequences, "1 to 10000000");
        Require(Threads is >= 0 and <= 1024, "threads", Threads, "0 (libtorch's choice) to 1024");
        return this;
    }

    private static void Require<T>(bool holds, string option, T value, string allowed)
    {
        if (!holds) throw new UserErrorException(FormattableString.Invariant($"--{option} is {value}; allowed: {allowed}."));
    }
}
