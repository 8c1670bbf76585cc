namespace SoftPerm.Experiments.Training;

/// <summary>The temperature as a function of the step: fixed, or annealed geometrically to a final one.</summary>
/// <param name="Start">The temperature of the first step.</param>
/// <param name="End">The temperature of the last step.</param>
/// <param name="Steps">The length of the run.</param>
public readonly record struct TemperatureSchedule(double Start, double End, long Steps)
{
    /// <summary>The temperature of a step, counted from 0.</summary>
    public double At(long step) =>
        Start == End ? Start : Start * Math.Pow(End / Start, Math.Clamp(step / Math.Max(1.0, Steps - 1), 0, 1));
}
