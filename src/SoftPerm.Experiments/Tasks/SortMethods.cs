using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks;

/// <summary>The methods of the sorting task: how scores [sequences, items] and the true order become a loss.</summary>
public static class SortMethods
{
    /// <summary>NeuralSort of the scores.</summary>
    public const string Deterministic = "deterministic";

    /// <summary>NeuralSort of Plackett-Luce samples, the scores being the logits.</summary>
    public const string Stochastic = "stochastic";

    /// <summary>The names of all methods.</summary>
    public static IReadOnlyList<string> Names { get; } = [Deterministic, Stochastic];

    /// <summary>The mean cross-entropy of the relaxed order to the true one.</summary>
    internal static Tensor Loss(SortConfig config, double temperature, Tensor scores, Tensor trueOrder, Generator noise)
    {
        var relaxation = new NeuralSort(temperature);
        using var permutation = config.Method == Deterministic
            ? relaxation.Relax(scores)
            : new PlackettLuce(scores).RelaxedSample(config.Samples, relaxation, noise);
        return permutation.CrossEntropy(trueOrder).mean();
    }
}
