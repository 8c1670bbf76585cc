using static TorchSharp.torch;

namespace SoftPerm.Experiments.Studies;

/// <summary>An estimator of the study: how to make it, and what a sample costs.</summary>
/// <param name="Name">The name in settings and records.</param>
/// <param name="Create">Makes it for a cell; its tensors are in the caller's scope.</param>
internal sealed record StudyEstimator(string Name, Func<StudyEstimator.Circumstances, IGradientEstimator> Create)
{
    /// <summary>What an estimator is made for.</summary>
    public sealed record Circumstances(PlaceProblem Problem, long Samples, double Temperature, long CriticSteps, Generator Generator, CancellationToken Stop);

    /// <summary>Evaluations of the cost for each sample, relaxed ones included.</summary>
    public int EvaluationsASample { get; init; } = 1;

    /// <summary>Whether it relaxes, at a temperature.</summary>
    public bool HasTemperature { get; init; }

    /// <summary>Whether it learns from samples beforehand.</summary>
    public bool IsTrained { get; init; }

    /// <summary>Evaluations of the cost that it is tuned with beforehand.</summary>
    public long TuningEvaluations { get; init; }

    /// <summary>Whether there may be no more samples than orders.</summary>
    public bool DrawsNoOrderTwice { get; init; }

    /// <summary>The samples that a budget pays for.</summary>
    public long Samples(int items, long evaluations)
    {
        var samples = evaluations / EvaluationsASample;
        if (!DrawsNoOrderTwice) return samples;
        var orders = 1L;
        for (var i = 2; i <= items && orders < samples; i++) orders *= i;
        return Math.Min(samples, orders);
    }
}
