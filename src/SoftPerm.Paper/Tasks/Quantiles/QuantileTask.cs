using System.Globalization;
using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Drawing;
using SoftPerm.Training;
using SoftPerm.Training.IO;
using SoftPerm.Training.Runs;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tasks.Quantiles;

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
    private readonly QuantileObjective network;

    public QuantileTask(QuantileConfig config, DigitSplits splits)
    {
        this.config = config;
        this.splits = splits;
        feed = new SequenceFeed(new MultiDigitSequences(splits.Train, config.Digits, config.Items, config.Seed), config.Sequences);
        using var weights = new Generator(config.Seed);
        network = QuantileObjective.Create(config, feed.Height, feed.Width, weights).On(config.Device);
    }

    public nn.Module Network => network;

    public int ItemsPerStep => config.Sequences * config.Items;

    public Optimizer CreateOptimizer() => Optimizer.Adam(network.named_parameters());

    public void Begin(long firstStep) => feed.Begin(firstStep);

    public StepLoss Forward(double temperature, Generator noise)
    {
        var (images, numbers) = feed.Next();
        var targets = Targets(numbers);
        var (loss, predictions) = network.Loss(images, targets, temperature, new Draws(config.Samples, noise));
        return new StepLoss(loss, QuantileFigures.Measures(predictions.detach().sub(targets).abs().mean().item<float>()));
    }

    public Metrics Validate(double temperature, CancellationToken cancellationToken)
    {
        var figures = Figures(Predict(splits.Validation, TestSequences.ValidationSeed, config.ValidationSequences, temperature, cancellationToken));
        return new Metrics(figures.MeanSquaredError / (config.Numbers * config.Numbers), QuantileFigures.Measures(figures.AbsoluteError / config.Numbers));
    }

    public bool IsBetter(Metrics one, Metrics other) => one.Loss < other.Loss;

    public QuantileFigures Test(RunFolder run, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var sets = Predict(splits.Test, TestSequences.TestSeed, config.TestSequences, config.FinalTemperature, cancellationToken);
        var lines = sets.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Truth:R},{s.Predicted:R}\n"));
        var path = Path.Combine(run.Path, PredictionsName);
        FileGuard.Run("write", path, () => AtomicFile.WriteAllText(path, string.Concat(lines.Prepend("true,predicted\n"))));
        PredictionPicture.Draw([.. sets.Select(s => s.Truth)], [.. sets.Select(s => s.Predicted)], Path.Combine(run.Path, PictureName), config.Title());
        return Figures(sets);
    }

    public void Dispose()
    {
        feed.Dispose();
        network.Dispose();
    }

    private QuantileFigures Figures(IReadOnlyList<QuantilePrediction> sets) =>
        QuantileFigures.Of([.. sets.Select(s => s.Truth)], [.. sets.Select(s => s.Predicted)], middle: (config.Numbers - 1) / 2);

    /// <summary>The true quantiles in units of the range of numbers, [sequences].</summary>
    private Tensor Targets(Tensor numbers) => QuantileEvaluation.Truth(numbers, config.Quantile).div(Number(config.Numbers)).to(float32);

    private IReadOnlyList<QuantilePrediction> Predict(ImageSet digits, ulong seed, int sets, double temperature, CancellationToken cancellationToken) =>
        QuantileEvaluation.Predict(network, config, new MultiDigitSequences(digits, config.Digits, config.Items, seed), 0, sets, temperature, cancellationToken);
}
