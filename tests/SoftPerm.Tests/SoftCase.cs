using static TorchSharp.torch;

namespace SoftPerm.Tests;

/// <summary>Which way results are computed forward and backward.</summary>
public enum SoftMode
{
    /// <summary>The relaxation forward and backward.</summary>
    Soft,

    /// <summary>The exact sort forward and backward.</summary>
    Hard,

    /// <summary>The exact sort forward, the relaxation's gradient backward.</summary>
    StraightThrough,
}

/// <summary>A way to call the members of <see cref="Soft"/> and <see cref="RankLoss"/>: every relaxation, mode, temperature, axis and mask.</summary>
internal sealed record SoftCase
{
    public KnownRelaxation Relaxation { get; init; } = NeuralSort.Known;

    /// <summary>τ; null for scale-free, 0 for the exact sort.</summary>
    public double? Temperature { get; init; }

    public SoftMode Mode { get; init; }

    public long Dim { get; init; } = -1;

    public bool Descending { get; init; } = true;

    public Tensor? Mask { get; init; }

    /// <summary>The ordering that all this is.</summary>
    public SoftOrdering Ordering
    {
        get
        {
            if (Mode == SoftMode.Hard || Temperature == 0) return new ExactSort(Descending);
            var soft = Temperature is { } temperature ? Relaxation.Create(temperature, Descending) : new ScaleFree(Relaxation, Descending);
            return Mode == SoftMode.Soft ? soft : soft.StraightThrough();
        }
    }

    public Tensor Sort(Tensor values) => Soft.Sort(values, Ordering, Dim, Mask);

    public Tensor Rank(Tensor values) => Soft.Rank(values, Ordering, Dim, Mask);

    public Tensor ArgSort(Tensor values) => Soft.ArgSort(values, Ordering, Dim, Mask);

    public SoftSelection TopK(Tensor values, long k) => Soft.TopK(values, k, Ordering, Dim, Mask);

    public Tensor Quantile(Tensor values, double quantile) => Soft.Quantile(values, quantile, Ordering, Dim, Mask);

    public Tensor Median(Tensor values) => Soft.Median(values, Ordering, Dim, Mask);

    public Tensor Min(Tensor values) => Soft.Min(values, Ordering, Dim, Mask);

    public Tensor Max(Tensor values) => Soft.Max(values, Ordering, Dim, Mask);

    public Tensor Spearman(Tensor predicted, Tensor target) => RankLoss.Spearman(predicted, target, Ordering, Dim, Mask);
}
