using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Studies;

/// <summary>Measures one cell of the study of gradients.</summary>
/// <param name="config">The settings.</param>
/// <param name="cancellationToken">Ends the measurement with an exception.</param>
internal sealed class GradientMeasurement(GradientStudyConfig config, CancellationToken cancellationToken)
{
    private const int SettlingCalls = 20;
    private const double BytesAtOnce = 300e6;

    /// <summary>Makes the estimator, times single calls, then repeats the estimate in independent batch rows.</summary>
    /// <param name="cell">What to measure.</param>
    /// <param name="number">The cell's number, from which noise is seeded.</param>
    public GradientRow Measure(GradientCell cell, ulong number)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((config.Seed * 1_000_003) + number);
        var kind = StudyEstimators.Find(cell.Estimator);
        var samples = kind.Samples(cell.Items, cell.Evaluations);
        var problem = PlaceProblem.Drawn(cell.Items, config.Seed);
        var estimator = kind.Create(new(problem, samples, cell.Temperature ?? 1, config.CriticSteps, generator, cancellationToken));
        // The calls that are timed also give the moving average its past. The repetitions after them share it, chunk by chunk, as
        // calls of one moment would: what is subtracted from a row does not depend on that row.
        var milliseconds = MedianTime(problem, estimator, samples, generator);
        var figures = Repeat(problem, estimator, samples, generator, BytesAtOnce / StudyEstimators.BytesOfCall(kind, cell.Items, samples));
        return new GradientRow(
            cell, samples, samples * kind.EvaluationsASample, kind.IsTrained ? CriticTraining.Evaluations(samples, config.CriticSteps) : kind.TuningEvaluations,
            problem.IsEnumerated ? "all n! orders" : "pairs of items, closed form", config.Repetitions, figures, milliseconds);
    }

    /// <summary>On one thread: at these sizes a second one only waits, and how long depends on what else the machine does.</summary>
    private double MedianTime(PlaceProblem problem, IGradientEstimator estimator, long samples, Generator generator)
    {
        var threads = get_num_threads();
        set_num_threads(1);
        try
        {
            return MedianTimeAsIs(problem, estimator, samples, generator);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private double MedianTimeAsIs(PlaceProblem problem, IGradientEstimator estimator, long samples, Generator generator)
    {
        var times = new List<double>();
        for (var call = 0; call < SettlingCalls + config.TimedCalls; call++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var logits = problem.Rows(1).squeeze(0).detach().requires_grad_();
            var start = Stopwatch.GetTimestamp();
            estimator.Surrogate(new PlackettLuce(logits), problem.Cost, samples, generator).backward();
            if (call >= SettlingCalls) times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return times[times.Count / 2];
    }

    private GradientFigures Repeat(PlaceProblem problem, IGradientEstimator estimator, long samples, Generator generator, double rowsAtOnce)
    {
        var moments = new GradientMoments(problem.ExactGradient());
        var chunk = (long)Math.Max(1, Math.Min(rowsAtOnce, config.Repetitions));
        for (var done = 0L; done < config.Repetitions; done += chunk)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var rows = problem.Rows(Math.Min(chunk, config.Repetitions - done));
            estimator.Surrogate(new PlackettLuce(rows), problem.Cost, samples, generator).sum().backward();
            moments.Add(rows.grad!);
        }

        return moments.Figures();
    }
}

/// <summary>One combination of settings that is measured.</summary>
/// <param name="Estimator">The estimator's name.</param>
/// <param name="Items">The number of items n.</param>
/// <param name="Evaluations">Evaluations of the cost that a call may spend.</param>
/// <param name="Temperature">τ where it relaxes; else null.</param>
public sealed record GradientCell(string Estimator, int Items, long Evaluations, double? Temperature)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"n = {Items}, {Evaluations} evaluations, {Estimator}{(Temperature is { } t ? $" at temperature {t}" : "")}");
}

/// <summary>What was measured in a cell.</summary>
/// <param name="Cell">The settings.</param>
/// <param name="Samples">Samples of a call.</param>
/// <param name="EvaluationsSpent">Evaluations of the cost in a call: at most the budget.</param>
/// <param name="TrainingEvaluations">Evaluations spent beforehand, once, on learning; 0 for those that learn nothing.</param>
/// <param name="Judge">Where the exact gradient came from.</param>
/// <param name="Repetitions">Independent estimates.</param>
/// <param name="Figures">Bias and variance.</param>
/// <param name="Milliseconds">The median time of a single call with its backward pass.</param>
public sealed record GradientRow(
    GradientCell Cell,
    long Samples,
    long EvaluationsSpent,
    long TrainingEvaluations,
    string Judge,
    long Repetitions,
    GradientFigures Figures,
    double Milliseconds)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Cell}: variance {Figures.Variance:g3}, mean squared error {Figures.MeanSquaredError:g3}, {Milliseconds:f2} ms");
}
