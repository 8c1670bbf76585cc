using System.Globalization;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Studies;

/// <summary>Measures one cell of the study of the temperature, in float64.</summary>
/// <param name="config">The settings.</param>
/// <param name="cancellationToken">Ends the measurement with an exception.</param>
internal sealed class TemperatureMeasurement(TemperatureStudyConfig config, CancellationToken cancellationToken)
{
    private const double EntriesAtOnce = 4e6; // of matrices, a handful of which are alive at once

    /// <summary>Measures distances and log-variances.</summary>
    /// <param name="cell">What to measure.</param>
    /// <param name="number">The cell's number, from which noise is seeded.</param>
    public TemperatureRow Measure(TemperatureCell cell, ulong number)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((config.Seed * 1_000_003) + number);
        var problem = PlaceProblem.Separated(cell.Items, config.Seed);
        var relaxation = new NeuralSort(cell.Temperature);
        using var certain = relaxation.Relax(problem.Rows(1).detach());
        var exact = Figures(Distances(certain));
        var distribution = new PlackettLuce(problem.Rows(1).squeeze(0).detach());
        var drawn = Figures(Chunks(chunk =>
        {
            using var permutation = distribution.RelaxedSample(chunk, relaxation, generator);
            return Distances(permutation);
        }, cell.Items));
        var order = problem.TargetOrder();
        return new TemperatureRow(
            cell, exact, drawn,
            LogVariance(problem, new ReparameterizedEstimator(relaxation), problem.Cost, generator),
            LogVariance(problem, new ReparameterizedEstimator(relaxation), p => p.CrossEntropy(order), generator));
    }

    /// <summary>Each permutation's distances to its own projection, the sort, [samples, 2].</summary>
    private static Tensor Distances(RelaxedPermutation permutation)
    {
        using var scope = NewDisposeScope();
        var places = permutation.Order().unsqueeze(-1);
        var exact = zeros([.. permutation.Batch, permutation.Items, permutation.Items], float64).scatter(-1, places, ones(places.shape, float64));
        var difference = permutation.Matrix().sub(exact).abs();
        return stack([difference.sum([-1]).mean([-1]), difference.Squared().mean([-2, -1])], -1).MoveToOuterDisposeScope();
    }

    private static PermutationDistance Figures(Tensor distances)
    {
        var error = distances.size(0) > 1 ? distances.var(0).div(Number(distances.size(0))).sqrt() : zeros(2, float64);
        var mean = distances.mean([0]);
        return new PermutationDistance(Figure(0), Figure(1));

        MeanFigure Figure(int kind) => new(mean[kind].item<double>(), error[kind].item<double>());
    }

    private MeanFigure LogVariance(PlaceProblem problem, ReparameterizedEstimator estimator, Func<RelaxedPermutation, Tensor> cost, Generator generator)
    {
        using var scope = NewDisposeScope();
        var gradients = Chunks(chunk =>
        {
            using var inner = NewDisposeScope();
            var rows = problem.Rows(chunk);
            estimator.Surrogate(new PlackettLuce(rows), cost, 1, generator).sum().backward();
            return rows.grad!.MoveToOuterDisposeScope();
        }, problem.Items);
        var squares = gradients.sub(gradients.mean([0])).Squared().mean([-1]);
        double variance = squares.mean().item<double>() * config.Samples / (config.Samples - 1);
        var error = squares.std().item<double>() / Math.Sqrt(config.Samples);
        return new MeanFigure(Math.Log10(variance), error / (variance * Math.Log(10)));
    }

    /// <summary>All samples, drawn as many at once as memory allows.</summary>
    private Tensor Chunks(Func<long, Tensor> draw, long items)
    {
        var chunk = (long)Math.Max(1, EntriesAtOnce / items / items);
        var parts = new List<Tensor>();
        for (var done = 0L; done < config.Samples; done += chunk)
        {
            cancellationToken.ThrowIfCancellationRequested();
            parts.Add(draw(Math.Min(chunk, config.Samples - done)));
        }

        return cat(parts, 0);
    }
}

/// <summary>One combination of settings that is measured.</summary>
/// <param name="Items">The number of items n.</param>
/// <param name="Temperature">τ.</param>
public sealed record TemperatureCell(int Items, double Temperature);

/// <summary>A mean over draws, with its standard error; 0 where nothing is drawn.</summary>
public sealed record MeanFigure(double Mean, double StandardError);

/// <summary>How far a relaxed permutation is from the exact one.</summary>
/// <param name="RowDistance">The mean over rows of Σ_j |P̂_ij - P_ij|: 2 is farthest.</param>
/// <param name="MeanSquare">The mean over entries of (P̂_ij - P_ij)², as in the paper's Table 4.</param>
public sealed record PermutationDistance(MeanFigure RowDistance, MeanFigure MeanSquare);

/// <summary>What was measured in a cell.</summary>
/// <param name="Cell">The settings.</param>
/// <param name="Deterministic">P̂(s) against the sort of s.</param>
/// <param name="Stochastic">P̂(s + g) against the sort of s + g, over Gumbel noise g.</param>
/// <param name="PlaceCost">The logarithm, to the base 10, of the variance of the gradient of the cost of places, mean over coordinates.</param>
/// <param name="CrossEntropy">The same for the cross-entropy to the true order.</param>
public sealed record TemperatureRow(
    TemperatureCell Cell, PermutationDistance Deterministic, PermutationDistance Stochastic, MeanFigure PlaceCost, MeanFigure CrossEntropy)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"n = {Cell.Items}, temperature {Cell.Temperature}: distance {Deterministic.RowDistance.Mean:g3}, stochastic {Stochastic.RowDistance.Mean:g3}, log-variance {PlaceCost.Mean:f2}, of cross-entropy {CrossEntropy.Mean:f2}");
}
