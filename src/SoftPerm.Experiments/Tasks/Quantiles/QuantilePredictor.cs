using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Models;
using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Tasks.Orders;
using SoftPerm.Experiments.Training;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Quantiles;

/// <summary>A run's network over sets of images, without gradients.</summary>
public static class QuantilePredictor
{
    /// <summary>The true quantiles in raw units, [sets]. To TorchSharp, dim -1 is all axes.</summary>
    internal static Tensor Truth(Tensor numbers, double quantile) => numbers.to(float64).quantile(tensor(quantile, float64), dim: 1);

    /// <summary>Predicts consecutive sets of a source.</summary>
    /// <returns>The sets in their order, numbers and quantiles in raw units.</returns>
    internal static IReadOnlyList<QuantilePrediction> Predict(
        QuantileModel network, QuantileConfig config, MultiDigitSequences source, int first, int sets, double temperature, CancellationToken stop = default)
    {
        using var noGradient = no_grad();
        using var noise = new Generator(config.Seed);
        var all = new List<QuantilePrediction>(sets);
        foreach (var (start, count) in TestSequences.Batches(sets, config.Items))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (images, numbers) = TestSequences.Read(source, first + start, count);
            var truth = Truth(numbers, config.Quantile).data<double>().ToArray();
            var predicted = network.Predict(images, temperature, new Draws(config.Samples, noise)).to(float64).mul(Number(config.Numbers)).data<double>().ToArray();
            foreach (var (k, given) in numbers.data<long>().ToArray().Chunk(config.Items).Index())
                all.Add(new QuantilePrediction([.. given.Select(v => (int)v)], truth[k], predicted[k]));
        }

        return all;
    }

    /// <summary>Predicts consecutive test sets with the best weights of a run.</summary>
    /// <exception cref="UserErrorException">There is no run there, it has no checkpoint yet, or its data is not found.</exception>
    public static (QuantileConfig Config, IReadOnlyList<QuantilePrediction> Sets) PredictTest(string folder, string? dataDirectory, int first, int sets)
    {
        var run = RunFolder.Open(folder);
        var config = run.ReadConfig<QuantileConfig>();
        config.Validate();
        var best = run.Checkpoints.Best ?? throw run.WithoutWeights("validated weights", "quantile");
        var digits = DigitSplits.Of(config.OpenData(dataDirectory)).Test;
        if (config.Threads > 0) set_num_threads(config.Threads);
        using var scope = NewDisposeScope();
        using var weights = new Generator(config.Seed);
        var source = new MultiDigitSequences(digits, config.Digits, config.Items, TestSequences.TestSeed);
        using var network = QuantileModel.Create(config, source.Height, source.Width, weights).On(config.Device);
        Checkpoint.ReadWeights(best, network);
        return (config, Predict(network, config, source, first, sets, config.FinalTemperature));
    }
}

/// <summary>What was predicted of a set.</summary>
/// <param name="Numbers">The numbers its images show.</param>
/// <param name="Truth">Their quantile.</param>
/// <param name="Predicted">What the network said.</param>
public sealed record QuantilePrediction(IReadOnlyList<int> Numbers, double Truth, double Predicted);
