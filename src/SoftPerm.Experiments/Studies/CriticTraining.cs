using SoftPerm.Experiments.Training;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Studies;

/// <summary>Trains the critic of RELAX on samples of its own, before anything is measured.</summary>
internal static class CriticTraining
{
    private const int SamplesAStep = 192;
    private const double LearningRate = 0.03;

    /// <summary>Minimises the mean squared length of single gradients with Adam, the learning rate falling to 0 along a cosine.</summary>
    /// <param name="problem">What the gradients are of.</param>
    /// <param name="samples">Samples of a call, whose leave-one-out baseline the critic works beside.</param>
    /// <param name="steps">Steps of Adam.</param>
    /// <param name="generator">The source of the critic's first weights and of the samples.</param>
    /// <param name="stop">Ends the training with an exception.</param>
    /// <returns>The estimator, its critic in the caller's scope.</returns>
    public static RelaxEstimator Train(PlaceProblem problem, long samples, long steps, Generator generator, CancellationToken stop)
    {
        var critic = RankCritic.Draw(problem.Items, generator);
        var relax = new RelaxEstimator(critic.Guess);
        using var rows = problem.Rows(Rows(samples)).detach();
        using var optimizer = TrainingOptimizer.Adam(critic.Parameters.Index().Select(p => ($"{p.Index}", p.Item)));
        for (var step = 0L; step < steps; step++)
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var loss = relax.SecondMoment(new PlackettLuce(rows), problem.Cost, samples, generator);
            optimizer.Descend(loss, LearningRate * (1 + Math.Cos(Math.PI * step / steps)) / 2);
        }

        return relax;
    }

    /// <summary>How often the cost is evaluated in a training.</summary>
    public static long Evaluations(long samples, long steps) => Rows(samples) * samples * steps;

    private static long Rows(long samples) => Math.Max(1, SamplesAStep / samples);
}
