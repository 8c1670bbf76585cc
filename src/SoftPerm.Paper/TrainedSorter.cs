using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Drawing;
using SoftPerm.Paper.Tasks;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Training;
using static TorchSharp.torch;

namespace SoftPerm.Paper;

/// <summary>The trained network of a run of sorting: scores images by the number they show, and puts them in order.</summary>
public sealed class TrainedSorter : TrainedRun<SortConfig>
{
    private readonly OrderObjective objective;
    private readonly nn.Module<Tensor, Tensor> network;

    private TrainedSorter(string folder) : base(folder)
    {
        objective = OrderObjectives.Of(Config.Method, Config.Relaxation);
        using var weights = new Generator(Config.Seed);
        network = Restored(objective.CreateNetwork(Config.Network, Height, Width, Config.TrainItems, weights));
    }

    /// <summary>The height of an image in pixels.</summary>
    public int Height => DatasetCatalog.ShapeOf(Config.Dataset).Height;

    /// <summary>The width of an image in pixels: all its digits.</summary>
    public int Width => DatasetCatalog.ShapeOf(Config.Dataset).Width * Config.Digits;

    /// <summary>Whether each image has a score of its own; the baselines that look at all images at once have none, and take lists of one length.</summary>
    public bool GivesScores => objective.TakesAnyLength;

    private protected override nn.Module Network => network;

    /// <summary>Opens a run's best weights.</summary>
    /// <param name="folder">The run's folder, or one that <see cref="TrainedRun{TConfig}.Save"/> wrote.</param>
    /// <exception cref="UserErrorException">There is no run of sorting there, or it has no weights.</exception>
    public static TrainedSorter Open(string folder) => new(folder);

    /// <summary>Scores images, the larger the number shown the larger the score.</summary>
    /// <param name="images">float32 [N, 1, <see cref="Height"/>, <see cref="Width"/>], 0 for paper to 1 for ink.</param>
    /// <returns>float32 [N], without a graph, in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The images have another shape or type.</exception>
    /// <exception cref="InvalidOperationException">The method gives no scores (<see cref="GivesScores"/>).</exception>
    public Tensor Score(Tensor images)
    {
        if (!GivesScores) throw new InvalidOperationException($"Method {Config.Method} gives images no scores; ask for the order of a list.");
        return Outputs(images, items: 1, outputs => outputs.reshape(-1));
    }

    /// <summary>Puts lists of images in order, the largest number first.</summary>
    /// <param name="images">float32 [lists · items, 1, <see cref="Height"/>, <see cref="Width"/>], list by list.</param>
    /// <param name="items">Images of a list; any number, where images have scores.</param>
    /// <returns>int64 [lists, items]: the image at each place, counted within its list.</returns>
    /// <exception cref="ArgumentException">The images have another shape or type, or do not make whole lists.</exception>
    /// <exception cref="UserErrorException">The network is made for lists of another length.</exception>
    public Tensor Order(Tensor images, int items)
    {
        CheckLength(items);
        return Outputs(images, items, outputs => objective.Order(outputs, items));
    }

    /// <summary>Tests on the first sequences of a length: the same ones for every run on this data set.</summary>
    /// <param name="testDigits">The test images of the run's data set.</param>
    /// <param name="items">Items of a sequence.</param>
    /// <param name="sequences">How many sequences.</param>
    /// <param name="cancellationToken">Ends the test with an exception.</param>
    /// <exception cref="UserErrorException">The network is made for another length.</exception>
    public SortFigures Evaluate(ImageSet testDigits, int items, int sequences, CancellationToken cancellationToken = default)
    {
        CheckLength(items);
        using var scope = NewDisposeScope();
        return SortEvaluation.Evaluate(network, objective, Source(testDigits, items), sequences, Config.FinalTemperature, cancellationToken);
    }

    /// <summary>Sorts one test sequence and returns what is needed to draw it.</summary>
    /// <param name="testDigits">The test images of the run's data set.</param>
    /// <param name="items">Items of the sequence.</param>
    /// <param name="index">Which sequence, from 0.</param>
    /// <exception cref="UserErrorException">The network is made for another length.</exception>
    public SequenceDrawing Predict(ImageSet testDigits, int items, int index)
    {
        using var scope = NewDisposeScope();
        var source = Source(testDigits, items);
        var (images, numbers) = TestSequences.Read(source, index, 1);
        var order = Order(images, items);
        var scores = GivesScores ? Score(images).data<float>().Select(v => (double)v) : Enumerable.Repeat(double.NaN, items);
        return new SequenceDrawing(
            images.data<float>().ToArray().Chunk(source.Height * source.Width).ToArray(), source.Height, source.Width,
            [.. numbers.data<long>().Select(v => (int)v)],
            [.. scores],
            [.. order.data<long>().Select(v => (int)v)]);
    }

    /// <summary>The logarithm (base 10) of the variance of the loss's gradient over the method's noise, a draw a gradient, on the first
    /// test sequences: the mean over all weights.</summary>
    internal double LogGradientVariance(ImageSet testDigits, int items, int sequences, double temperature, int draws, Generator noise)
    {
        CheckLength(items);
        using var scope = NewDisposeScope();
        var (images, numbers) = TestSequences.Read(Source(testDigits, items), 0, sequences);
        var order = SortAccuracy.True(numbers).Order;
        var outputs = network.Compute(images);
        var weights = network.parameters().ToArray();
        var (sums, squares) = (weights.Select(w => zeros_like(w, float64)).ToArray(), weights.Select(w => zeros_like(w, float64)).ToArray());
        for (var draw = 0; draw < draws; draw++)
        {
            using var step = NewDisposeScope();
            network.zero_grad();
            objective.Loss(outputs, order, temperature, new Draws(1, noise)).backward(retain_graph: true);
            foreach (var (k, weight) in weights.Index())
            {
                var gradient = weight.grad!.to(float64);
                sums[k].add_(gradient, Number(1));
                squares[k].add_(gradient.Squared(), Number(1));
            }
        }

        network.zero_grad();
        var total = sums.Zip(squares, (s, q) => q.sub(s.Squared().div(Number(draws))).sum().item<double>()).Sum() / (draws - 1);
        return Math.Log10(total / weights.Sum(w => w.numel()));
    }

    private Tensor Outputs(Tensor images, int items, Func<Tensor, Tensor> read)
    {
        CheckImages(images, Height, Width, items);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var parts = TestSequences.Batches((int)(images.size(0) / items), items) // whole lists: some networks look at all images of one
            .Select(lists => read(TestSequences.Outputs(network, images.narrow(0, (long)lists.First * items, (long)lists.Count * items))));
        return cat([.. parts]).MoveToOuterDisposeScope();
    }

    private void CheckLength(int items)
    {
        if (!GivesScores && items != Config.Items)
            throw new UserErrorException($"'{nameof(Config.Items)}' is {items}; allowed: {Config.Items}, the length that the network of '{nameof(Config.Method)}' {Config.Method} is made for.");
    }

    private MultiDigitSequences Source(ImageSet testDigits, int items) => new(testDigits, Config.Digits, items, TestSequences.TestSeed);
}
