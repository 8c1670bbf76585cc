using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations.Conformance;

/// <summary>Every member of a relaxed permutation that gives a differentiable result, with arguments to call it.</summary>
public static class Members
{
    /// <summary>Those that take no values.</summary>
    public static IEnumerable<(string Name, Func<RelaxedPermutation, Tensor> Act)> WithoutValues { get; } =
    [
        ("TopK", p => p.TopK(2)),
        ("Row", p => p.Row(1)),
        ("Quantile", p => p.Quantile(0.4)),
        ("Rows", p => p.Rows(2)),
        ("Ranks", p => p.Ranks()),
        ("CrossEntropy", p => p.CrossEntropy(Indices(p.Items, int64))),
        ("LogMatrix", p => p.LogMatrix()),
        ("Matrix", p => p.Matrix()),
    ];

    /// <summary>All of them, for values [n, d] whose first column also stands for the scores.</summary>
    public static IEnumerable<(string Name, Func<RelaxedPermutation, Tensor> Act)> With(Tensor values) =>
    [
        .. WithoutValues,
        ("Apply", p => p.Apply(values)),
        ("ApplyTranspose", p => p.ApplyTranspose(values)),
        ("SortScores", p => p.SortScores(values.select(-1, 0).expand([.. p.Batch, p.Items]))),
        ("MeanAtQuantile", p => p.MeanAtQuantile(0.4, values.select(-1, 0).expand([.. p.Batch, p.Items]))),
    ];
}
