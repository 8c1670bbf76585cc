using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Models;
using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Tasks.Orders;
using SoftPerm.Experiments.Training;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Sorting;

/// <summary>The trained network of a run, with the test digits of its data set.</summary>
public sealed class SortModel : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> network;
    private readonly SortMethod method;
    private readonly ImageSet digits;

    private SortModel(RunFolder run, SortConfig config, nn.Module<Tensor, Tensor> network, SortMethod method, ImageDataset data)
    {
        Run = run;
        Config = config;
        this.network = network;
        this.method = method;
        digits = DigitSplits.Of(data).Test;
        DataChecksums = data.Checksums;
    }

    /// <summary>The run folder.</summary>
    public RunFolder Run { get; }

    /// <summary>The run's settings.</summary>
    public SortConfig Config { get; }

    /// <summary>MD5 of each file of the data set.</summary>
    public IReadOnlyDictionary<string, string> DataChecksums { get; }

    /// <summary>Opens a run's best weights.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="dataDirectory">Where the data is; null for where the run had it.</param>
    /// <exception cref="UserErrorException">There is no run there, it has no checkpoint yet, or its data is not found.</exception>
    public static SortModel Open(string folder, string? dataDirectory)
    {
        var run = RunFolder.Open(folder);
        var config = run.ReadConfig<SortConfig>();
        config.Validate();
        var weights = run.Checkpoints.Best ?? throw run.WithoutWeights("validated weights", "sort");
        var data = config.OpenData(dataDirectory);
        if (config.Threads > 0) set_num_threads(config.Threads);
        using var generator = new Generator(config.Seed);
        var method = SortMethod.Of(config.Method, config.Relaxation);
        var network = OrderNetwork.Create(method.Model, config.Network, data.Test.Height, data.Test.Width * config.Digits, config.TrainItems, generator).On(config.Device);
        Checkpoint.ReadWeights(weights, network);
        return new SortModel(run, config, network, method, data);
    }

    /// <summary>Tests on the first sequences of a length: the same ones for every run on this data set.</summary>
    /// <exception cref="UserErrorException">The network is made for another length.</exception>
    public SortFigures Evaluate(int items, int sequences, CancellationToken stop = default)
    {
        CheckLength(items);
        using var scope = NewDisposeScope();
        return SortEvaluation.Evaluate(network, method, TestSource(items), sequences, Config.FinalTemperature, stop);
    }

    /// <summary>Sorts one test sequence and returns what is needed to draw it.</summary>
    /// <exception cref="UserErrorException">The network is made for another length.</exception>
    public SequenceDrawing Predict(int items, int index)
    {
        CheckLength(items);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var source = TestSource(items);
        var (images, numbers) = TestSequences.Read(source, index, 1);
        var outputs = TestSequences.Outputs(network, images);
        var scores = method.Model.TakesAnyLength ? outputs.data<float>().Select(v => (double)v) : Enumerable.Repeat(double.NaN, items);
        var pixels = images.data<float>().ToArray().Chunk(source.Height * source.Width).ToArray();
        return new SequenceDrawing(
            pixels, source.Height, source.Width,
            [.. numbers.data<long>().Select(v => (int)v)],
            [.. scores],
            [.. method.Model.Order(outputs, items).data<long>().Select(v => (int)v)]);
    }

    /// <summary>The logarithm (base 10) of the variance of the loss's gradient over the method's noise, a draw a gradient, on the first
    /// test sequences: the mean over all weights.</summary>
    internal double LogGradientVariance(int items, int sequences, double temperature, int draws, Generator noise)
    {
        CheckLength(items);
        using var scope = NewDisposeScope();
        var (images, numbers) = TestSequences.Read(TestSource(items), 0, sequences);
        var order = SortAccuracy.True(numbers).Order;
        var outputs = network.Compute(images);
        var weights = network.parameters().ToArray();
        var (sums, squares) = (weights.Select(w => zeros_like(w, float64)).ToArray(), weights.Select(w => zeros_like(w, float64)).ToArray());
        for (var draw = 0; draw < draws; draw++)
        {
            using var step = NewDisposeScope();
            network.zero_grad();
            method.Loss(outputs, order, temperature, new Draws(1, noise)).backward(retain_graph: true);
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

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    private void CheckLength(int items)
    {
        if (!method.Model.TakesAnyLength && items != Config.Items)
            throw new UserErrorException($"--items is {items}; allowed: {Config.Items}, the length that the network of --method {Config.Method} is made for.");
    }

    private MultiDigitSequences TestSource(int items) => new(digits, Config.Digits, items, TestSequences.TestSeed);
}
