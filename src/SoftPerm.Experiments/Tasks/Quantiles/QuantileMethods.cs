using SoftPerm.Experiments.Tasks.Orders;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Quantiles;

/// <summary>The methods of quantile regression.</summary>
internal static class QuantileMethods
{
    /// <summary>NeuralSort of the scores.</summary>
    public const string Deterministic = "deterministic";

    /// <summary>NeuralSort of Plackett-Luce samples, the scores being the logits.</summary>
    public const string Stochastic = "stochastic";

    private static readonly OrderedDictionary<string, Func<QuantileConfig, int, int, Generator, QuantileModel>> Known = new()
    {
        [Deterministic] = (c, h, w, g) => new PlacedQuantileModel(new ScoreModel(stochastic: false), isStochastic: false, c, h, w, g),
        [Stochastic] = (c, h, w, g) => new PlacedQuantileModel(new ScoreModel(stochastic: true), isStochastic: true, c, h, w, g),
        ["vanilla"] = (c, h, w, g) => new DirectQuantileModel(c, h, w, g),
        ["sinkhorn"] = (c, h, w, g) => new PlacedQuantileModel(new SinkhornModel(stochastic: false), isStochastic: false, c, h, w, g),
        ["gumbel-sinkhorn"] = (c, h, w, g) => new PlacedQuantileModel(new SinkhornModel(stochastic: true), isStochastic: true, c, h, w, g),
    };

    /// <summary>The names of all methods.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys];

    /// <summary>Draws the network of a run, for images of a height and width.</summary>
    public static QuantileModel Create(QuantileConfig config, int height, int width, Generator weights) =>
        Known[config.Method](config, height, width, weights);
}
