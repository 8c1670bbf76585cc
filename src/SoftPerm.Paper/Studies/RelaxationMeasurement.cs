using System.Diagnostics;
using System.Globalization;
using SoftPerm.Paper.Drawing;
using SoftPerm.Training;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Studies;

/// <summary>Measures relaxations on the same work: the same lists, scorer, loss and numbers for each.</summary>
internal sealed class RelaxationMeasurement(RelaxationStudyConfig config, Func<RelaxationStudyConfig, long?> peakBytes, CancellationToken cancellationToken)
{
    private const int Features = 64, ItemsPerStep = 1000, TestItems = 10_000, LeastRuns = 5, WarmUpItems = 100;
    private const double Noise = 1, LearningRate = 0.02;
    private static readonly TimeSpan TimePerMeasurement = TimeSpan.FromSeconds(2);
    private static readonly ExactSort Exact = new();

    public RelaxationRow Measure(RelaxationCell cell, ulong number)
    {
        var relaxation = new ScaleFree(RelaxationCatalog.Of(cell.Relaxation));
        var (correlation, cosine) = (Correlation(cell.Items, relaxation), GradientCosine(cell.Items, relaxation));
        var (milliseconds, ofSort) = Milliseconds(cell.Items, SoftRanks(cell), x => x.sort(-1).Values);
        return new RelaxationRow(cell, correlation, cosine, milliseconds, ofSort, peakBytes(config with { Relaxations = [cell.Relaxation], Items = [cell.Items] }));
    }

    /// <summary>The memory that soft ranks and their gradient take at their peak, in this process.</summary>
    public static long PeakBytes(RelaxationStudyConfig config, RelaxationCell cell)
    {
        using var scope = NewDisposeScope();
        var ranks = SoftRanks(cell);
        // Code is compiled and loaded on one list, short enough to leave nothing that matters at full size.
        var few = Work(config with { WorkItems = 1 }, Math.Min(cell.Items, WarmUpItems));
        for (var i = 0; i < 3; i++) Step(ranks, few, few);
        var (scores, upstream) = (Work(config, cell.Items), Work(config, cell.Items));
        return PeakMemory.Measure(() => Step(ranks, scores, upstream));
    }

    /// <summary>Soft ranks at a fixed temperature: the numbers sorted to measure costs have a standard deviation of 1.</summary>
    private static Func<Tensor, Tensor> SoftRanks(RelaxationCell cell)
    {
        using var scope = NewDisposeScope();
        var known = RelaxationCatalog.Of(cell.Relaxation);
        var temperature = known.ScaleFreeTemperature(tensor(1.0, float64), tensor((double)cell.Items, float64)).item<double>();
        var relaxation = known.Create(temperature, true);
        return scores => relaxation.Rank(scores);
    }

    /// <summary>Trains a linear scorer on lists whose order is that of a hidden linear utility and noise; tests it without noise.</summary>
    /// <remarks>Items come in random order, so that networks, which read it, learn nothing from it.</remarks>
    private double Correlation(int items, SoftOrdering relaxation)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(config.Seed);
        var utility = randn([Features, 1], generator: generator);
        var weights = nn.Parameter(randn([Features, 1], generator: generator).mul(Number(0.1f)));
        using var optimizer = Optimizer.Adam([(nameof(weights), weights)]);
        for (var step = 0; step < config.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var inStep = NewDisposeScope();
            var features = randn([Math.Max(1, ItemsPerStep / items), items, Features], generator: generator);
            var observed = features.matmul(utility).squeeze(-1);
            observed = observed.Plus(randn(observed.shape, generator: generator).mul(Number(Noise * Math.Sqrt(Features))));
            optimizer.Descend(RankLoss.SpearmanOfRanks(Soft.Rank(features.matmul(weights).squeeze(-1), relaxation), observed).mean(), LearningRate);
        }

        using var _ = no_grad();
        var test = randn([Math.Max(1, TestItems / items), items, Features], generator: generator);
        return 1 - RankLoss.Spearman(test.matmul(weights).squeeze(-1), test.matmul(utility).squeeze(-1), Exact).mean().to(float64).item<double>();
    }

    /// <summary>How well the gradient in random scores points to the true ranks.</summary>
    private double GradientCosine(int items, SoftOrdering relaxation)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(config.Seed);
        var scores = randn([Math.Max(1, TestItems / items), items], float64, generator: generator).requires_grad_();
        var target = randn(scores.shape, float64, generator: generator);
        RankLoss.SpearmanOfRanks(Soft.Rank(scores, relaxation), target).sum().backward();
        var ranks = new ExactSort(descending: false).Rank(target);
        return nn.functional.cosine_similarity(scores.grad!.neg(), ranks.sub(ranks.mean([-1], keepdim: true)), dim: -1).mean().item<double>();
    }

    /// <summary>The median times of two ways to sort, taken in turn, so that what else the machine does meets both.</summary>
    private (double First, double Second) Milliseconds(int items, Func<Tensor, Tensor> first, Func<Tensor, Tensor> second)
    {
        using var scope = NewDisposeScope();
        var (scores, upstream) = (Work(config, items), Work(config, items));
        List<double> ofFirst = [], ofSecond = [];
        var all = Stopwatch.StartNew();
        while (ofFirst.Count <= LeastRuns || all.Elapsed < TimePerMeasurement)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ofFirst.Add(Milliseconds(first, scores, upstream));
            ofSecond.Add(Milliseconds(second, scores, upstream));
        }

        return (Median(ofFirst), Median(ofSecond));
    }

    private static double Milliseconds(Func<Tensor, Tensor> sort, Tensor scores, Tensor upstream)
    {
        var clock = Stopwatch.StartNew();
        Step(sort, scores, upstream);
        return clock.Elapsed.TotalMilliseconds;
    }

    private static void Step(Func<Tensor, Tensor> sort, Tensor scores, Tensor upstream)
    {
        using var scope = NewDisposeScope();
        sort(scores.alias().requires_grad_()).backward([upstream]);
    }

    /// <summary>The median of the later half: code is compiled better while it runs.</summary>
    private static double Median(List<double> times)
    {
        double[] warm = [.. times.Skip(times.Count / 2).Order()];
        return warm[warm.Length / 2];
    }

    private static Tensor Work(RelaxationStudyConfig config, int items)
    {
        using var generator = new Generator(config.Seed);
        return randn([Math.Max(1, config.WorkItems / items), items], generator: generator);
    }
}

/// <summary>What was measured of a relaxation.</summary>
/// <param name="Cell">The relaxation and the number of items.</param>
/// <param name="Correlation">Spearman's ρ of a trained scorer's order of new lists with the true one.</param>
/// <param name="GradientCosine">The mean cosine between the loss's gradient in random scores, against its direction, and the true ranks.</param>
/// <param name="Milliseconds">The median time of soft ranks and their gradient.</param>
/// <param name="SortMilliseconds">That of torch.sort and its gradient, on the same numbers.</param>
/// <param name="PeakBytes">The memory that soft ranks and their gradient take at their peak; null where it could not be measured.</param>
internal sealed record RelaxationRow(
    RelaxationCell Cell, double Correlation, double GradientCosine, double Milliseconds, double SortMilliseconds, long? PeakBytes)
{
    /// <summary>Time in times of torch.sort.</summary>
    public double Ratio => Milliseconds / SortMilliseconds;

    /// <summary>The peak in megabytes, as text; empty where it could not be measured.</summary>
    public string Memory => PeakBytes is { } bytes ? $"{MarkdownTable.Number(bytes / 1e6)} MB" : "";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Cell.Relaxation}, n = {Cell.Items}: correlation {Correlation:f3}, gradient {GradientCosine:f3}, {Milliseconds:f1} ms ({Ratio:f1} times torch.sort){(PeakBytes is null ? "" : $", {Memory}")}");
}
