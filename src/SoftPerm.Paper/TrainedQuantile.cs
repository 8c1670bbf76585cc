using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Drawing;
using SoftPerm.Paper.Tasks;
using SoftPerm.Paper.Tasks.Quantiles;
using SoftPerm.Training;
using static TorchSharp.torch;

namespace SoftPerm.Paper;

/// <summary>The trained network of a run of quantile regression.</summary>
public sealed class TrainedQuantile : TrainedRun<QuantileConfig>
{
    private readonly QuantileObjective network;

    private TrainedQuantile(string folder) : base(folder)
    {
        using var weights = new Generator(Config.Seed);
        network = Restored(QuantileObjective.Create(Config, Height, Width, weights));
    }

    /// <summary>The height of an image in pixels.</summary>
    public int Height => DatasetCatalog.ShapeOf(Config.Dataset).Height;

    /// <summary>The width of an image in pixels: all its digits.</summary>
    public int Width => DatasetCatalog.ShapeOf(Config.Dataset).Width * Config.Digits;

    /// <summary>The numbers there are, 0 to one less: what errors are seen against.</summary>
    public double Range => Config.Numbers;

    private protected override nn.Module Network => network;

    /// <summary>Opens a run's best weights.</summary>
    /// <param name="folder">The run's folder, or one that <see cref="TrainedRun{TConfig}.Save"/> wrote.</param>
    /// <exception cref="UserErrorException">There is no run of quantiles there, or it has no weights.</exception>
    public static TrainedQuantile Open(string folder) => new(folder);

    /// <summary>Predicts the quantile of the numbers that each set of images shows; a stochastic method averages over its samples, seeded by the run's seed.</summary>
    /// <param name="images">float32 [sets · items, 1, <see cref="Height"/>, <see cref="Width"/>], 0 for paper to 1 for ink; items as the run's.</param>
    /// <returns>float32 [sets], in units of the numbers, without a graph, in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The images have another shape or type, or do not make whole sets.</exception>
    public Tensor Predict(Tensor images)
    {
        CheckImages(images, Height, Width, Config.Items);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var noise = new Generator(Config.Seed);
        var parts = TestSequences.Batches((int)(images.size(0) / Config.Items), Config.Items).Select(batch =>
            network.Predict(images.narrow(0, batch.First * Config.Items, batch.Count * Config.Items), Config.FinalTemperature, new Draws(Config.Samples, noise)));
        return cat([.. parts]).mul(Number(Config.Numbers)).MoveToOuterDisposeScope();
    }

    /// <summary>Predicts consecutive test sets, the same ones for every run on this data set.</summary>
    /// <param name="testDigits">The test images of the run's data set.</param>
    /// <param name="first">The first set, from 0.</param>
    /// <param name="sets">How many.</param>
    /// <param name="cancellationToken">Ends it with an exception.</param>
    public IReadOnlyList<QuantilePrediction> PredictTest(ImageSet testDigits, int first, int sets, CancellationToken cancellationToken = default)
    {
        using var scope = NewDisposeScope();
        return QuantileEvaluation.Predict(network, Config, Source(testDigits), first, sets, Config.FinalTemperature, cancellationToken);
    }

    /// <summary>Predicts consecutive test sets and returns what is needed to draw them.</summary>
    /// <param name="testDigits">The test images of the run's data set.</param>
    /// <param name="first">The first set, from 0.</param>
    /// <param name="sets">How many.</param>
    public IReadOnlyList<QuantileDrawing> Predict(ImageSet testDigits, int first, int sets)
    {
        using var scope = NewDisposeScope();
        var images = TestSequences.Read(Source(testDigits), first, sets).Images.data<float>().ToArray().Chunk(Height * Width).ToArray();
        return [.. PredictTest(testDigits, first, sets).Select((set, k) =>
            new QuantileDrawing(images[(k * Config.Items)..((k + 1) * Config.Items)], Height, Width, set.Numbers, set.Truth, set.Predicted))];
    }

    private MultiDigitSequences Source(ImageSet testDigits) => new(testDigits, Config.Digits, Config.Items, TestSequences.TestSeed);
}
