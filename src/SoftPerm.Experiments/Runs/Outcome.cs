namespace SoftPerm.Experiments.Runs;

/// <summary>What a step, a validation or a stretch of training came to.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="Measures">What the task measures beside it, always in the same order.</param>
public sealed record Outcome(double Loss, IReadOnlyList<Measure> Measures)
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

    /// <inheritdoc/>
    public bool Equals(Outcome? other) => other is not null && Loss.Equals(other.Loss) && Measures.SequenceEqual(other.Measures);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Loss, Measures.Count);

    /// <summary>The loss and the measures by their names.</summary>
    internal IReadOnlyDictionary<string, double> ByName() =>
        new OrderedDictionary<string, double>(Measures.Select(m => KeyValuePair.Create(m.Name, m.Value)).Prepend(KeyValuePair.Create("loss", Loss)));
}

/// <summary>Something measured.</summary>
/// <param name="Name">What, in lower case with underscores, as in metrics.csv.</param>
/// <param name="Value">How much, 0 to 1: the proportion that is right, or an error as a part of the range of what it is an error of.</param>
public readonly record struct Measure(string Name, double Value)
{
    /// <summary>Whether less is better.</summary>
    internal bool IsError => Name.EndsWith("error", StringComparison.Ordinal);

    /// <summary>The name as people read it.</summary>
    internal string Title => Name.Replace('_', ' ');
}
