using System.Diagnostics;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Studies;

/// <summary>Measures one cell of the study of gradients.</summary>
/// <param name="config">The settings.</param>
/// <param name="stop">Ends the measurement with an exception.</param>
internal sealed class GradientMeasurement(GradientStudyConfig config, CancellationToken stop)
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
        var estimator = kind.Create(new(problem, samples, cell.Temperature ?? 1, config.CriticSteps, generator, stop));
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
            stop.ThrowIfCancellationRequested();
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
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var rows = problem.Rows(Math.Min(chunk, config.Repetitions - done));
            estimator.Surrogate(new PlackettLuce(rows), problem.Cost, samples, generator).sum().backward();
            moments.Add(rows.grad!);
        }

        return moments.Figures();
    }
}
