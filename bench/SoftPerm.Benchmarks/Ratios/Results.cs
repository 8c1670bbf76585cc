using System.Text.Json.Serialization;

namespace SoftPerm.Benchmarks.Ratios;

/// <summary>How fast one method was in one case.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Median">Milliseconds a step; so are the next three.</param>
/// <param name="Fastest">The fastest step.</param>
/// <param name="LowerQuartile">A quarter of the steps were as fast.</param>
/// <param name="UpperQuartile">Three quarters of the steps were as fast.</param>
/// <param name="Steps">The number of timed steps.</param>
/// <param name="ExtraBytes">Peak resident memory of one step in a fresh process above what was there before; null if not measured.</param>
internal sealed record Measurement(
    string Method, double Median, double Fastest, double LowerQuartile, double UpperQuartile, int Steps, long? ExtraBytes);

/// <summary>What came out of one case.</summary>
internal sealed record CaseResult(string Name, long Batch, long Items, IReadOnlyList<Measurement> Methods, string? Note)
{
    /// <summary>A method's figures, or null if it did not take part.</summary>
    public Measurement? Find(string method) => Methods.FirstOrDefault(m => m.Method == method);

    /// <summary>Peak extra memory of a method for each item of the batch.</summary>
    public double? BytesPerItem(Measurement measurement) => (double?)measurement.ExtraBytes / (Batch * Items);
}

/// <summary>What a number should be.</summary>
/// <param name="Limit">The bound.</param>
/// <param name="AtLeast">Whether the number should be at least the bound instead of at most.</param>
/// <param name="Aim">What would be better still.</param>
internal sealed record Target(double Limit, bool AtLeast = false, double? Aim = null)
{
    /// <summary>Whether a number is as it should be; NaN never is.</summary>
    public bool Met(double value) => AtLeast ? value >= Limit : value <= Limit;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{(AtLeast ? '≥' : '≤')} {Limit:#,0.##}") + (Aim is { } aim ? FormattableString.Invariant($" (aim {aim})") : "");
}

/// <summary>A number that was measured, and what it should be.</summary>
/// <param name="Case">Where.</param>
/// <param name="Quantity">What.</param>
/// <param name="Value">The number.</param>
/// <param name="Target">What it should be; none if it is only shown.</param>
internal sealed record Check(string Case, string Quantity, double Value, Target? Target)
{
    /// <summary>Whether it is as it should be; null without a target.</summary>
    public bool? Passed => Target?.Met(Value);
}

/// <summary>One run of a group.</summary>
internal sealed record GroupResult(
    string Name, string Title, BenchmarkEnvironment Environment, IReadOnlyList<CaseResult> Cases, IReadOnlyList<Check> Checks);

/// <summary>The last run of every group.</summary>
internal sealed record Results(IReadOnlyList<GroupResult> Groups)
{
    /// <summary>No run yet.</summary>
    [JsonIgnore]
    public static Results None { get; } = new([]);

    /// <summary>These with one group's run replaced, or added behind the others.</summary>
    public Results With(GroupResult run) => Groups.Any(g => g.Name == run.Name)
        ? new([.. Groups.Select(g => g.Name == run.Name ? run : g)])
        : new([.. Groups, run]);
}
