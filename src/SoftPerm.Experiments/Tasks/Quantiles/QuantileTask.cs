using System.Globalization;
using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Files;
using SoftPerm.Experiments.Reports;
using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Tasks.Orders;
using SoftPerm.Experiments.Training;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Quantiles;

/// <summary>Trains a network to predict a quantile of the numbers that a set of images shows, from that quantile alone.</summary>
internal sealed class QuantileTask : ITrainingTask<QuantileFigures>
{
    /// <summary>The test's pairs of true and predicted quantiles, in a run folder.</summary>
    public const string PredictionsName = "predictions.csv";

    /// <summary>Their scatter (Figure 8 of the paper).</summary>
    public const string PictureName = "predictions.png";

    private readonly QuantileConfig config;
    private readonly DigitSplits splits;
    private readonly SequenceFeed feed;
    private readonly QuantileModel network;

    public QuantileTask(QuantileConfig config, DigitSplits splits)
    {
        this.config = config;
        this.splits = splits;
        feed = new SequenceFeed(new MultiDigitSequences(splits.Train, config.Digits, config.Items, config.Seed), config.Sequences);
        using var weights = new Generator(config.Seed);
        network = QuantileMethods.Create(config, feed.Height, feed.Width, weights);
    }

    public nn.Module Network => network;

    public int ImagesPerStep => config.Sequences * config.Items;

    public TrainingOptimizer CreateOptimizer() => TrainingOptimizer.Adam(network);

    public void Begin(long step) => feed.Begin(step);

    public StepLoss Forward(double temperature, Generator noise)
    {
        var (images, numbers) = feed.Next();
        var targets = Targets(numbers);
        var (loss, predictions) = network.Loss(images, targets, temperature, new Draws(config.Samples, noise));
        return new StepLoss(loss, QuantileFigures.Measures(predictions.detach().sub(targets).abs().mean().item<float>()));
    }

    public Outcome Validate(double temperature, CancellationToken stop)
    {
        var (truth, predictions) = Predict(splits.Validation, TestSequences.ValidationSeed, config.ValidationSequences, temperature, stop);
        var figures = Figures(truth, predictions);
        return new Outcome(figures.MeanSquaredError / (config.Numbers * config.Numbers), QuantileFigures.Measures(figures.AbsoluteError / config.Numbers));
    }

    public bool IsBetter(Outcome one, Outcome other) => one.Loss < other.Loss;

    public QuantileFigures Test(RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        var (truth, predictions) = Predict(splits.Test, TestSequences.TestSeed, config.TestSequences, config.FinalTemperature, stop);
        var lines = truth.Zip(predictions, (y, p) => string.Create(CultureInfo.InvariantCulture, $"{y:R},{p:R}\n"));
        var path = Path.Combine(run.Path, PredictionsName);
        FileGuard.Run("write", path, () => AtomicFile.WriteAllText(path, string.Concat(lines.Prepend("true,predicted\n"))));
        PredictionPicture.Draw(truth, predictions, Path.Combine(run.Path, PictureName), config.Title);
        return Figures(truth, predictions);
    }

    public void Dispose()
    {
        feed.Dispose();
        network.Dispose();
    }

    private QuantileFigures Figures(double[] truth, double[] predictions) => QuantileFigures.Of(truth, predictions, (config.Numbers - 1) / 2);

    /// <summary>The true quantiles in units of the range of numbers, [sequences]. To TorchSharp, dim -1 is all axes.</summary>
    private Tensor Targets(Tensor numbers) =>
        numbers.to(float64).quantile(tensor(config.Quantile, float64), dim: 1).div(config.Numbers).to(float32);

    /// <summary>True and predicted quantiles in raw units.</summary>
    private (double[] Truth, double[] Predictions) Predict(ImageSet digits, ulong seed, int sequences, double temperature, CancellationToken stop)
    {
        using var noGradient = no_grad();
        using var noise = new Generator(seed);
        var source = new MultiDigitSequences(digits, config.Digits, config.Items, seed);
        var (truth, predictions) = (new List<double>(sequences), new List<double>(sequences));
        foreach (var (first, count) in TestSequences.Batches(sequences, config.Items))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (images, numbers) = TestSequences.Read(source, first, count);
            truth.AddRange(Raw(Targets(numbers)));
            predictions.AddRange(Raw(network.Predict(images, temperature, new Draws(config.Samples, noise))));
        }

        return ([.. truth], [.. predictions]);
    }

    private double[] Raw(Tensor quantiles) => quantiles.to(float64).mul(config.Numbers).data<double>().ToArray();
}
