namespace SoftPerm.Benchmarks.Ratios;

/// <summary>Methods that are timed against each other on the same inputs.</summary>
/// <param name="Batch">The number of sequences.</param>
/// <param name="Items">n, the items of a sequence.</param>
/// <param name="Methods">What is timed.</param>
/// <param name="Goals">What is compared.</param>
internal sealed record Case(long Batch, long Items, IReadOnlyList<Method> Methods, params IReadOnlyList<Goal> Goals)
{
    /// <summary>What the tables call it.</summary>
    public string Name { get; init; } = FormattableString.Invariant($"{Batch} × {Items:#,0}");

    /// <summary>What a reader should know, such as why a method is missing.</summary>
    public string? Note { get; init; }
}

/// <summary>A ratio of two methods' times, and what it should be.</summary>
/// <param name="Numerator">The name of the method above the line.</param>
/// <param name="Denominator">The name of the method below.</param>
/// <param name="Target">What the ratio should be; none if it is only shown.</param>
internal sealed record Goal(string Numerator, string Denominator, Target? Target = null);

/// <summary>Cases that belong together: measured, stored and shown as one.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Title">What it measures.</param>
/// <param name="Cases">The cases, in order.</param>
/// <param name="Conclude">What follows from all cases together.</param>
internal sealed record Group(string Name, string Title, IReadOnlyList<Case> Cases, Func<IReadOnlyList<CaseResult>, IEnumerable<Check>>? Conclude = null)
{
    /// <summary>The group without cases of more items in all.</summary>
    public Group UpTo(long items) => this with { Cases = [.. Cases.Where(c => c.Batch * c.Items <= items)] };
}
