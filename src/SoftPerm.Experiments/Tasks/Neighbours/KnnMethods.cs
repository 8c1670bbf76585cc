namespace SoftPerm.Experiments.Tasks.Neighbours;

/// <summary>The ways to train the network of the neighbours task.</summary>
internal static class KnnMethods
{
    /// <summary>Through NeuralSort of the distances.</summary>
    public const string Deterministic = "deterministic";

    /// <summary>Through NeuralSort of Plackett-Luce samples, whose logits the negative squared distances are.</summary>
    public const string Stochastic = "stochastic";

    /// <summary>Without neighbours: a linear classifier of the features, by the cross-entropy.</summary>
    public const string Classifier = "cnn";

    /// <summary>The names of all methods.</summary>
    public static IReadOnlyList<string> Names { get; } = [Deterministic, Stochastic, Classifier];

    /// <summary>The numbers of neighbours the paper has.</summary>
    public static IReadOnlyList<int> Neighbours { get; } = [1, 3, 5, 9];
}
