using static TorchSharp.torch;

namespace SoftPerm.Paper.Studies;

/// <summary>The estimators of the study, by name.</summary>
internal static class StudyEstimators
{
    private const int SamplesOfTuning = 2000;
    private const int BytesOfSamples = 64 * sizeof(double);   // of an item of a sample: about so many tensors are alive at once
    private const int BytesOfPairs = 16 * sizeof(double);     // of a pair of items of a sample, in the critic
    private const int BytesOfSets = 180 * 6 * sizeof(double); // of a pair of samples: the integral over times of the unordered set

    /// <summary>All of them.</summary>
    public static IReadOnlyList<StudyEstimator> All { get; } =
    [
        new("score-function", _ => new ScoreFunctionEstimator()),
        new("moving-average", _ => new ScoreFunctionEstimator(Baseline.MovingAverage())),
        new("leave-one-out", _ => new ScoreFunctionEstimator(Baseline.LeaveOneOut)),
        new("unordered-set", _ => new UnorderedSetEstimator()) { DrawsNoOrderTwice = true },
        new("rebar", c => new RebarEstimator(new NeuralSort(c.Temperature))) { EvaluationsASample = 3, HasTemperature = true },
        new("rebar-tuned", c => new RebarEstimator(new NeuralSort(c.Temperature)).Tuned(new PlackettLuce(c.Problem.Rows(1).squeeze(0).detach()), c.Problem.Cost, SamplesOfTuning, c.Generator))
        {
            EvaluationsASample = 3,
            HasTemperature = true,
            TuningEvaluations = 2 * SamplesOfTuning,
        },
        new("relax", c => CriticTraining.Train(c.Problem, c.Samples, c.CriticSteps, c.Generator, c.Stop)) { IsTrained = true },
        new("reparameterised", c => new ReparameterizedEstimator(new NeuralSort(c.Temperature))) { HasTemperature = true },
        new("straight-through", c => new StraightThroughEstimator(new NeuralSort(c.Temperature))) { HasTemperature = true },
    ];

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => All.Select(e => e.Name);

    /// <summary>The one with this name.</summary>
    public static StudyEstimator Find(string name) => All.First(e => e.Name == name);

    /// <summary>About how many bytes one call takes.</summary>
    public static double BytesOfCall(StudyEstimator estimator, long items, long samples) =>
        ((double)samples * items * BytesOfSamples)
        + (estimator.IsTrained ? (double)samples * items * items * BytesOfPairs : 0)
        + (estimator.DrawsNoOrderTwice ? (double)samples * samples * BytesOfSets : 0);
}

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
