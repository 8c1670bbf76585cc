namespace SoftPerm.Experiments.Studies;

/// <summary>The estimators of the study, by name.</summary>
internal static class StudyEstimators
{
    private const int BytesOfSamples = 64 * sizeof(double);   // of an item of a sample: about so many tensors are alive at once
    private const int BytesOfPairs = 16 * sizeof(double);     // of a pair of items of a sample, in the critic
    private const int BytesOfSets = 180 * 6 * sizeof(double); // of a pair of samples: the integral over times of the unordered set

    /// <summary>All of them.</summary>
    public static IReadOnlyList<StudyEstimator> All { get; } =
    [
        new("score-function", _ => new ScoreFunction()),
        new("moving-average", _ => new ScoreFunction(Baseline.MovingAverage())),
        new("leave-one-out", _ => new ScoreFunction(Baseline.LeaveOneOut)),
        new("unordered-set", _ => new UnorderedSet()) { DrawsNoOrderTwice = true },
        new("rebar", c => new Rebar(new NeuralSort(c.Temperature))) { EvaluationsASample = 3, HasTemperature = true },
        new("relax", c => CriticTraining.Train(c.Problem, c.Samples, c.CriticSteps, c.Generator, c.Stop)) { IsTrained = true },
        new("reparameterised", c => new Reparameterized(new NeuralSort(c.Temperature))) { HasTemperature = true },
        new("straight-through", c => new StraightThrough(new NeuralSort(c.Temperature))) { HasTemperature = true },
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
