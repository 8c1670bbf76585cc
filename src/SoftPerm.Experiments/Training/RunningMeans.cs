using SoftPerm.Experiments.Runs;

namespace SoftPerm.Experiments.Training;

/// <summary>Sums of what the steps since the last row of metrics came to.</summary>
/// <param name="Count">How many steps.</param>
/// <param name="Sum">The sums; null of none.</param>
internal sealed record RunningMeans(long Count, Outcome? Sum)
{
    public static RunningMeans None { get; } = new(0, null);

    /// <summary>The mean of at least one step.</summary>
    public Outcome Mean() => new(Sum!.Loss / Count, [.. Sum.Measures.Select(m => m with { Value = m.Value / Count })]);

    public RunningMeans With(Outcome step) => new(Count + 1, Sum is not { } sum
        ? step
        : new Outcome(sum.Loss + step.Loss, [.. sum.Measures.Select((m, i) => m with { Value = m.Value + step.Measures[i].Value })]));
}
