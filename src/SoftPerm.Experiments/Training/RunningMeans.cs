namespace SoftPerm.Experiments.Training;

/// <summary>Means of what the steps since the last row of metrics reported.</summary>
internal sealed record RunningMeans(long Count, double Loss, double RankAccuracy, double PermutationAccuracy)
{
    public static RunningMeans None { get; } = new(0, 0, 0, 0);

    public RunningMeans With(StepOutcome step) =>
        new(Count + 1, Loss + step.Loss, RankAccuracy + step.RankAccuracy, PermutationAccuracy + step.PermutationAccuracy);

    public StepOutcome Mean => new(Loss / Count, RankAccuracy / Count, PermutationAccuracy / Count);
}

/// <summary>What one step, or the mean of several, came to.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="RankAccuracy">The share of places that hold a right item.</param>
/// <param name="PermutationAccuracy">The share of sequences with every place right.</param>
public readonly record struct StepOutcome(double Loss, double RankAccuracy, double PermutationAccuracy);
