namespace SoftPerm.Experiments.Training;

/// <summary>The learning rate as a function of the step alone, so that a resumed run needs no state for it.</summary>
/// <param name="Shape"><c>constant</c>, or <c>cosine</c>: down to a hundredth over the run.</param>
/// <param name="Peak">The highest rate.</param>
/// <param name="WarmUp">Steps over which the rate first rises linearly.</param>
/// <param name="Steps">The length of the run.</param>
public readonly record struct LearningRateSchedule(string Shape, double Peak, long WarmUp, long Steps)
{
    /// <summary>The shapes known.</summary>
    public static IReadOnlyList<string> Shapes { get; } = ["constant", "cosine"];

    /// <summary>The rate of a step, counted from 0.</summary>
    public double At(long step)
    {
        var rise = Math.Min(1, (step + 1.0) / Math.Max(1, WarmUp));
        var progress = Math.Clamp((step - WarmUp) / Math.Max(1.0, Steps - WarmUp), 0, 1);
        var fall = Shape == "cosine" ? 0.01 + 0.99 * (1 + Math.Cos(Math.PI * progress)) / 2 : 1;
        return Peak * rise * fall;
    }
}
