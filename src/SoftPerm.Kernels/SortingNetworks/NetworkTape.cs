namespace SoftPerm.Kernels.SortingNetworks;

/// <summary>What each comparator of a network does to one sequence: the upper wire keeps the share α = f(d / τ) and gives 1 - α.</summary>
/// <param name="wires">The two wires of each comparator.</param>
/// <param name="keep">α.</param>
/// <param name="give">1 - α, accurate where it is small.</param>
/// <param name="differences">d: the upper wire's score less the lower one's.</param>
internal readonly ref struct NetworkTape(ReadOnlySpan<int> wires, Span<double> keep, Span<double> give, Span<double> differences)
{
    /// <summary>The two wires of each comparator.</summary>
    public ReadOnlySpan<int> Wires { get; } = wires;

    /// <summary>α.</summary>
    public Span<double> Keep { get; } = keep;

    /// <summary>1 - α.</summary>
    public Span<double> Give { get; } = give;

    /// <summary>d.</summary>
    public Span<double> Differences { get; } = differences;
}
