namespace SoftPerm.Cli;

/// <summary>A result of <c>softperm apply</c> that has a gradient.</summary>
/// <param name="Name">Its name in the output.</param>
/// <param name="Upstream">The option that takes the gradient of a loss in it.</param>
internal sealed record ApplyResult(string Name, string Upstream)
{
    public static readonly ApplyResult
        Ranks = new("ranks", "--upstream-ranks"),
        Sorted = new("sorted", "--upstream-sorted"),
        Matrix = new("matrix", "--upstream-matrix"),
        Applied = new("applied", "--upstream"),
        TopK = new("top_k", "--upstream-top-k"),
        Quantile = new("quantile", "--upstream-quantile");

    /// <summary>All of them, in the order of the output.</summary>
    public static IReadOnlyList<ApplyResult> All { get; } = [Ranks, Sorted, Matrix, Applied, TopK, Quantile];

    /// <summary>Why the arguments give no such result, and what would; null where they do.</summary>
    public string? WhyAbsent(ApplyArguments arguments)
    {
        if (this == Applied && arguments.Values is null) return "needs --values";
        if (this == Matrix && !arguments.Matrix) return "--no-matrix leaves out; drop one of them";
        if ((this == Applied || this == Matrix) && !arguments.HasMatrix)
            return $"needs a matrix, and {arguments.Operator} has none; choose another operator, or {Ranks.Upstream} or {Sorted.Upstream}";
        if (this == TopK && arguments.TopK is null) return "needs --top-k";
        return this == Quantile && arguments.Quantile is null ? "needs --quantile" : null;
    }
}
