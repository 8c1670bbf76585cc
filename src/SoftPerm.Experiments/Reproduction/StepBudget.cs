using SoftPerm.Experiments.Training;

namespace SoftPerm.Experiments.Reproduction;

/// <summary>How many steps a run has, and when it validates.</summary>
/// <param name="Steps">Training steps.</param>
/// <param name="ValidateEvery">Steps between validations.</param>
internal readonly record struct StepBudget(long Steps, long ValidateEvery)
{
    /// <summary>The validations of a run.</summary>
    public const int Validations = 8;

    private const int LogsBetweenValidations = 10;

    /// <summary>The steps, at least one a validation, rounded so that rows of metrics meet validations.</summary>
    public static StepBudget Of(long steps)
    {
        var every = Math.Max(1, steps / Validations);
        if (every > LogsBetweenValidations) every -= every % LogsBetweenValidations;
        return new StepBudget(every * Validations, every);
    }

    /// <summary>The same settings with these steps.</summary>
    public TConfig ApplyTo<TConfig>(TConfig config) where TConfig : TrainingConfig =>
        config with { Steps = Steps, ValidateEvery = ValidateEvery, LogEvery = Math.Max(1, ValidateEvery / LogsBetweenValidations) };
}
