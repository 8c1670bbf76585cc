using static TorchSharp.torch;

namespace SoftPerm.Tests.Hostile;

/// <summary>A member of <see cref="Soft"/> or <see cref="RankLoss"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Axis">What its results run over.</param>
/// <param name="Compute">Computes it from values, a case and options.</param>
internal sealed record HostileMember(string Name, ResultAxis Axis, Func<Tensor, HostileCase, SoftCase, Tensor> Compute)
{
    /// <summary>All of them.</summary>
    public static HostileMember[] All { get; } =
    [
        new("Sort", ResultAxis.Places, (x, _, how) => how.Sort(x)),
        new("Rank", ResultAxis.Items, (x, _, how) => how.Rank(x)),
        new("ArgSort", ResultAxis.Places, (x, _, how) => how.ArgSort(x)) { NeedsMatrix = true },
        new("TopK.Membership", ResultAxis.Items, (x, given, how) => how.TopK(x, given.K).Membership),
        new("TopK.Values", ResultAxis.Places, (x, given, how) => how.TopK(x, given.K).Values),
        new("Quantile", ResultAxis.None, (x, given, how) => how.Quantile(x, given.Quantile)),
        new("Median", ResultAxis.None, (x, _, how) => how.Median(x)),
        new("Min", ResultAxis.None, (x, _, how) => how.Min(x)),
        new("Max", ResultAxis.None, (x, _, how) => how.Max(x)),
        new("Spearman", ResultAxis.None, (x, given, how) => how.Spearman(x, given.Batch.Tensor(given.Batch.Targets))) { NeedsEquivariance = true },
        new("Kendall", ResultAxis.None, (x, given, how) =>
            RankLoss.Kendall(x, given.Batch.Tensor(given.Batch.Targets), how.Temperature is null or 0 ? null : (Temperature)how.Temperature.Value, mask: how.Mask)),
        new("SomersD", ResultAxis.None, (x, given, how) =>
            RankLoss.SomersD(x, given.Batch.Tensor(given.Batch.Targets), how.Temperature is null or 0 ? null : (Temperature)how.Temperature.Value, mask: how.Mask)),
    ];

    /// <summary>Whether it needs a relaxation with a matrix.</summary>
    public bool NeedsMatrix { get; init; }

    /// <summary>Whether it refuses a relaxation that reads the order in which items are given.</summary>
    public bool NeedsEquivariance { get; init; }

    /// <summary>Whether it counts pairs, whatever the mode and the relaxation.</summary>
    public bool IsOfPairs => Name is "Kendall" or "SomersD";

    /// <summary>Whether it is made of values, and not of places.</summary>
    public bool IsOfValues => Name is "Sort" or "TopK.Values" or "Quantile" or "Median" or "Min" or "Max";

    /// <summary>Whether a row's result is between -∞ and ∞, where no number is.</summary>
    public bool IsBetweenInfinities(HostileCase given, int row)
    {
        var values = given.Batch.ValuesIn(row);
        return values.Length > 1 && QuantileOf(given) is { } quantile && !values.Any(double.IsNaN) && new ExactOrder(values, given.Descending).Quantile(quantile) is null;
    }

    /// <summary>The quantile it is, if it is one.</summary>
    public double? QuantileOf(HostileCase given) => Name switch { "Quantile" => given.Quantile, "Median" => 0.5, "Min" => 0, "Max" => 1, _ => null };
}

/// <summary>What the numbers of a result belong to.</summary>
internal enum ResultAxis
{
    /// <summary>One number for a row.</summary>
    None,

    /// <summary>A number for each item.</summary>
    Items,

    /// <summary>A number for each place.</summary>
    Places,
}
