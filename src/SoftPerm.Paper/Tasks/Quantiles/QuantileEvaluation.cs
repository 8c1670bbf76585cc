using SoftPerm.Paper.Datasets;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tasks.Quantiles;

/// <summary>Runs a network over sets of images that it never trained on, without gradients.</summary>
internal static class QuantileEvaluation
{
    /// <summary>The true quantiles in raw units, [sets]. To TorchSharp, dim -1 is all axes.</summary>
    public static Tensor Truth(Tensor numbers, double quantile) => numbers.to(float64).quantile(tensor(quantile, float64), dim: 1);

    /// <summary>Predicts consecutive sets of a source.</summary>
    /// <returns>The sets in their order, numbers and quantiles in raw units.</returns>
    public static IReadOnlyList<QuantilePrediction> Predict(
        QuantileObjective network, QuantileConfig config, MultiDigitSequences source, int first, int sets, double temperature, CancellationToken cancellationToken = default)
    {
        using var noGradient = no_grad();
        using var noise = new Generator(config.Seed);
        var all = new List<QuantilePrediction>(sets);
        foreach (var (start, count) in TestSequences.Batches(sets, config.Items))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (images, numbers) = TestSequences.Read(source, first + start, count);
            var truth = Truth(numbers, config.Quantile).data<double>().ToArray();
            var predicted = network.Predict(images, temperature, new Draws(config.Samples, noise)).to(float64).mul(Number(config.Numbers)).data<double>().ToArray();
            foreach (var (k, given) in numbers.data<long>().ToArray().Chunk(config.Items).Index())
                all.Add(new QuantilePrediction([.. given.Select(v => (int)v)], truth[k], predicted[k]));
        }

        return all;
    }
}

/// <summary>What was predicted of a set.</summary>
/// <param name="Numbers">The numbers its images show.</param>
/// <param name="Truth">Their quantile.</param>
/// <param name="Predicted">What the network said.</param>
public sealed record QuantilePrediction(IReadOnlyList<int> Numbers, double Truth, double Predicted);
