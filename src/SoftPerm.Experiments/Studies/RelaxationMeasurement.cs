using System.Diagnostics;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Studies;

/// <summary>Measures relaxations on the same work: the same lists, scorer, loss and numbers for each.</summary>
internal sealed class RelaxationMeasurement(RelaxationStudyConfig config, CancellationToken stop)
{
    private const int Features = 64, ItemsPerStep = 1000, TestItems = 10_000, LeastRuns = 3;
    private const double Noise = 1, LearningRate = 0.02;
    private static readonly TimeSpan TimePerMeasurement = TimeSpan.FromSeconds(1);
    private static readonly SoftOptions Exact = new() { Mode = SoftMode.Hard };

    public RelaxationRow Measure(RelaxationCell cell, ulong number)
    {
        var known = RelaxationCatalog.Of(cell.Relaxation);
        var options = new SoftOptions { Relaxation = known };
        using var scope = NewDisposeScope();
        // The numbers sorted for the time have a standard deviation of 1.
        var fixedTemperature = options with { Temperature = known.ScaleFreeTemperature(tensor(1.0, float64), tensor((double)cell.Items, float64)).item<double>() };
        return new RelaxationRow(
            cell, Correlation(cell.Items, options), GradientCosine(cell.Items, options),
            Milliseconds(cell.Items, x => Soft.Rank(x, fixedTemperature)), Milliseconds(cell.Items, x => x.sort(-1).Values));
    }

    /// <summary>Trains a linear scorer on lists whose order is that of a hidden linear utility and noise; tests it without noise.</summary>
    private double Correlation(int items, SoftOptions options)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(config.Seed);
        var utility = randn([Features, 1], generator: generator);
        var weights = nn.Parameter(randn([Features, 1], generator: generator) * 0.1f);
        using var optimizer = optim.Adam([weights], LearningRate);
        for (var step = 0; step < config.Steps; step++)
        {
            stop.ThrowIfCancellationRequested();
            using var inStep = NewDisposeScope();
            var features = randn([Math.Max(1, ItemsPerStep / items), items, Features], generator: generator);
            var observed = features.matmul(utility).squeeze(-1);
            observed = observed.add(randn(observed.shape, generator: generator).mul(Noise * Math.Sqrt(Features)));
            optimizer.zero_grad();
            RankLoss.Spearman(features.matmul(weights).squeeze(-1), observed, options).mean().backward();
            optimizer.step();
        }

        using var _ = no_grad();
        var test = randn([Math.Max(1, TestItems / items), items, Features], generator: generator);
        return 1 - RankLoss.Spearman(test.matmul(weights).squeeze(-1), test.matmul(utility).squeeze(-1), Exact).mean().to(float64).item<double>();
    }

    /// <summary>How well the gradient in random scores points to the true ranks.</summary>
    private double GradientCosine(int items, SoftOptions options)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(config.Seed);
        var scores = randn([Math.Max(1, TestItems / items), items], float64, generator: generator).requires_grad_();
        var target = randn(scores.shape, float64, generator: generator);
        RankLoss.Spearman(scores, target, options).sum().backward();
        var ranks = Soft.Rank(target, Exact with { Descending = false });
        return nn.functional.cosine_similarity(scores.grad!.neg(), ranks.sub(ranks.mean([-1], keepdim: true)), dim: -1).mean().item<double>();
    }

    private double Milliseconds(int items, Func<Tensor, Tensor> sort)
    {
        using var scope = NewDisposeScope();
        var (scores, upstream) = (Work(items), Work(items));
        var times = new List<double>();
        var all = Stopwatch.StartNew();
        while (times.Count <= LeastRuns || all.Elapsed < TimePerMeasurement)
        {
            stop.ThrowIfCancellationRequested();
            using var run = NewDisposeScope();
            var clock = Stopwatch.StartNew();
            var given = scores.alias().requires_grad_();
            sort(given).backward([upstream]);
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        double[] warm = [.. times.Skip(1).Order()];
        return warm[warm.Length / 2];
    }

    private Tensor Work(int items)
    {
        using var generator = new Generator(config.Seed);
        return randn([Math.Max(1, config.WorkItems / items), items], generator: generator);
    }
}
