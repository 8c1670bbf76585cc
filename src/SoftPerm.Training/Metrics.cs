namespace SoftPerm.Training;

/// <summary>What a step, a validation or a stretch of training came to: the loss, and what the task measures beside it.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="Measures">What the task measures beside it, always in the same order.</param>
public sealed record Metrics(double Loss, IReadOnlyList<Measure> Measures)
{
    /// <summary>The measure of a name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public double this[string name]
    {
        get
        {
            foreach (var measure in Measures)
                if (measure.Name == name) return measure.Value;
            throw new ArgumentException($"There is no measure '{name}'; there are: {string.Join(", ", Measures.Select(m => m.Name))}.", nameof(name));
        }
    }

    /// <summary>The loss and the measures by their names.</summary>
    public IReadOnlyDictionary<string, double> ByName() =>
        new OrderedDictionary<string, double>(Measures.Select(m => KeyValuePair.Create(m.Name, m.Value)).Prepend(KeyValuePair.Create("loss", Loss)));

    /// <inheritdoc/>
    public bool Equals(Metrics? other) => other is not null && Loss.Equals(other.Loss) && Measures.SequenceEqual(other.Measures);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Loss, Measures.Count);
}

/// <summary>Something measured.</summary>
/// <param name="Name">What, in lower case with underscores, as in metrics.csv.</param>
/// <param name="Value">How much, 0 to 1: the proportion that is right, or an error as a part of the range of what it is an error of.</param>
public readonly record struct Measure(string Name, double Value)
{
    /// <summary>Whether less is better.</summary>
    public bool IsError => Name.EndsWith("error", StringComparison.Ordinal);

    /// <summary>The name as people read it.</summary>
    public string Title => Name.Replace('_', ' ');
}

/// <summary>What training measured at one step; one line of metrics.csv.</summary>
/// <param name="Step">Optimiser steps done so far.</param>
/// <param name="LearningRate">The learning rate of that step.</param>
/// <param name="Temperature">The temperature of the relaxation at that step.</param>
/// <param name="Training">The mean over the steps since the row before.</param>
/// <param name="Validation">The validation at that step, if there was one.</param>
public sealed record MetricRow(long Step, double LearningRate, double Temperature, Metrics Training, Metrics? Validation);

/// <summary>Sums of what the steps since the last row of metrics came to.</summary>
/// <param name="Count">How many steps.</param>
/// <param name="Sum">The sums; null of none.</param>
internal sealed record RunningMeans(long Count, Metrics? Sum)
{
    public static RunningMeans None { get; } = new(0, null);

    /// <summary>The mean of at least one step.</summary>
    public Metrics Mean() => new(Sum!.Loss / Count, [.. Sum.Measures.Select(m => m with { Value = m.Value / Count })]);

    public RunningMeans With(Metrics step) => new(Count + 1, Sum is not { } sum
        ? step
        : new Metrics(sum.Loss + step.Loss, [.. sum.Measures.Select((m, i) => m with { Value = m.Value + step.Measures[i].Value })]));
}
