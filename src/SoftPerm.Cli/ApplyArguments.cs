namespace SoftPerm.Cli;

/// <summary>What the user asked of <c>softperm apply</c>, parsed but with no file opened.</summary>
internal sealed record ApplyArguments
{
    public required string Operator { get; init; }
    public required string Scores { get; init; }
    public required double Temperature { get; init; }
    public string? Mask { get; init; }
    public string? Values { get; init; }
    public long? TopK { get; init; }
    public double? Quantile { get; init; }

    /// <summary>The files of upstream gradients, by the result that each is the gradient in.</summary>
    public required IReadOnlyDictionary<ApplyResult, string> Upstreams { get; init; }

    public bool Descending { get; init; } = true;
    public bool Float32 { get; init; }
    public bool Matrix { get; init; } = true;
    public string? Out { get; init; }

    /// <summary>What the catalog knows of the operator.</summary>
    public KnownRelaxation Known => RelaxationCatalog.Of(Operator);

    /// <summary>Whether the operator is a matrix.</summary>
    public bool HasMatrix => Known.Properties.HasFlag(RelaxationProperties.Matrix);
}
