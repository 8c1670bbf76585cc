using static TorchSharp.torch;

namespace SoftPerm.Benchmarks.Ratios;

/// <summary>The methods that are compared.</summary>
internal static class Methods
{
    public const string OursName = "SoftPerm", DenseName = "dense", SortName = "torch.sort";

    /// <summary>The most numbers of a dense matrix that is tried: 400 MB, of which about six are alive at once.</summary>
    private const long LargestDense = 100_000_000;

    /// <summary>P̂s with SoftPerm, τ = 1.</summary>
    public static Method Ours { get; } = OursAt(1, OursName);

    /// <summary>P̂s with NeuralSort in tensor operations, τ = 1.</summary>
    public static Method Dense { get; } = new(DenseName, scores => DenseSort(scores, 1));

    /// <summary>The exact sort, largest first.</summary>
    public static Method Sort { get; } = new(SortName, scores => scores.sort(-1, descending: true).Values);

    /// <summary>P̂s with SoftPerm.</summary>
    public static Method OursAt(double temperature, string? name = null) => new(
        name ?? FormattableString.Invariant($"{OursName}, τ = {temperature}"),
        scores => new NeuralSort(temperature).Relax(scores).Apply(scores.unsqueeze(-1)).squeeze(-1));

    /// <summary>Whether a dense matrix of this size can be held at all.</summary>
    public static bool DenseFits(long batch, long items) => batch * items * items <= LargestDense;

    /// <summary>P̂s as everybody writes it: Grover et al. 2019, Eq. 5, literally.</summary>
    private static Tensor DenseSort(Tensor scores, double temperature)
    {
        var n = scores.size(-1);
        var column = scores.unsqueeze(-1);
        var row = scores.unsqueeze(-2);
        var distances = (column - row).abs().sum(-1).unsqueeze(-2);
        var scaling = Indices(n, float32).mul(Number(-2)).Plus(n - 1).unsqueeze(-1);
        return scaling.mul(row).sub(distances).div(Number(temperature)).softmax(-1).matmul(column).squeeze(-1);
    }
}
