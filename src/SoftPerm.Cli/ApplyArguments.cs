namespace SoftPerm.Cli;

/// <summary>What the user asked of <c>softperm apply</c>, parsed but with no file opened.</summary>
internal sealed record ApplyArguments
{
    public required string Operator { get; init; }
    public required string Scores { get; init; }
    public required double Temperature { get; init; }
    public string? Values { get; init; }
    public string? Upstream { get; init; }
    public string? UpstreamMatrix { get; init; }
    public bool Descending { get; init; } = true;
    public bool Float32 { get; init; }
    public bool Matrix { get; init; } = true;
    public string? Out { get; init; }
}
