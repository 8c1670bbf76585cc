using System.Globalization;
using SoftPerm.Training.IO;
using static TorchSharp.torch;

namespace SoftPerm.Cli;

/// <summary>Scores in the type in which they are computed with.</summary>
/// <remarks>Float32 would merge scores far from 0: computed with are their differences from the middle one of their row, which no relaxation
/// tells from the scores. Where it merges even those, they are computed with in float64: equal scores in the place of different ones
/// could have results in another order than they have. What is given back as sorted are the scores as given.</remarks>
internal sealed class ApplyScores
{
    private readonly Tensor? centres; // float64 [..., 1]; null where nothing was subtracted

    /// <param name="scores">The scores.</param>
    /// <param name="mask">Which are there, of their shape; null for all.</param>
    /// <param name="float32">Whether they are computed with in float32.</param>
    public ApplyScores(NdArray scores, NdArray? mask, bool float32)
    {
        Given = scores.ToTensor(ScalarType.Float64);
        Mask = mask?.ToTensor(ScalarType.Bool);
        if (float32)
        {
            ApplyComputation.CheckRange("--scores", scores, ScalarType.Float32);
            Note = Merged(scores, mask);
        }

        Type = float32 && Note is null ? ScalarType.Float32 : ScalarType.Float64;
        centres = Type == ScalarType.Float32 ? Centres(scores, mask) : null;
        Computed = centres is null ? Given.clone() : Given.sub(centres).to(Type);
    }

    /// <summary>The type to compute in.</summary>
    public ScalarType Type { get; }

    /// <summary>The scores as given, float64.</summary>
    public Tensor Given { get; }

    /// <summary>Which are there; null for all.</summary>
    public Tensor? Mask { get; }

    /// <summary>What relaxations are given.</summary>
    public Tensor Computed { get; }

    /// <summary>What the user should know of the scores' precision; null for nothing.</summary>
    public string? Note { get; }

    /// <summary>What was subtracted, added again to softly sorted scores; places that nobody takes stay 0.</summary>
    public Tensor Restored(Tensor sorted)
    {
        if (centres is null) return sorted;
        var offsets = centres.expand(sorted.shape);
        if (Mask is not null) offsets = offsets.mul(Indices(sorted.size(-1), float64).lt(Mask.sum(-1, keepdim: true)));
        return sorted.to(float64).Plus(offsets).to(Type);
    }

    /// <summary>The same for a quantile of them.</summary>
    public Tensor RestoredQuantile(Tensor quantile)
    {
        if (centres is null) return quantile;
        var offsets = centres.squeeze(-1);
        if (Mask is not null) offsets = offsets.mul(Mask.any(-1));
        return quantile.to(float64).Plus(offsets).to(Type);
    }

    /// <summary>The middle score of those that are there and finite, for each row; 0 where there is none.</summary>
    private static Tensor Centres(NdArray scores, NdArray? mask)
    {
        var middles = Rows(scores, mask).Select(row => row.Length == 0 ? 0 : row[row.Length / 2]);
        return tensor(middles.ToArray(), [.. scores.Shape[..^1], 1]);
    }

    /// <summary>Names two scores of a row that differ, and whose differences from the middle one do not in float32.</summary>
    private static string? Merged(NdArray scores, NdArray? mask)
    {
        foreach (var row in Rows(scores, mask))
        {
            var middle = row.Length == 0 ? 0 : row[row.Length / 2];
            for (var i = 1; i < row.Length; i++)
            {
                if (row[i] != row[i - 1] && (float)(row[i] - middle) == (float)(row[i - 1] - middle))
                    return string.Create(CultureInfo.InvariantCulture, $"float32 does not tell all scores apart, such as {row[i - 1]:R} and {row[i]:R}: computed in float64, and only the results are float32.");
            }
        }

        return null;
    }

    /// <summary>The scores of each row that are there and finite, ascending.</summary>
    private static IEnumerable<double[]> Rows(NdArray scores, NdArray? mask)
    {
        var items = (int)scores.Shape[^1];
        for (var start = 0; start < scores.Data.Length; start += items)
        {
            var row = Enumerable.Range(start, items).Where(i => double.IsFinite(scores.Data[i]) && (mask is null || mask.Data[i] != 0)).Select(i => scores.Data[i]).ToArray();
            Array.Sort(row);
            yield return row;
        }
    }
}
