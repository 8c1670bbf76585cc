namespace SoftPerm.Experiments.Tasks.Orders;

/// <summary>The ways to make an order of images, by name.</summary>
internal static class OrderModels
{
    /// <summary>NeuralSort of the scores.</summary>
    public const string Deterministic = "deterministic";

    /// <summary>NeuralSort of Plackett-Luce samples, the scores being the logits.</summary>
    public const string Stochastic = "stochastic";

    /// <summary>Dense layers over all images at once.</summary>
    public const string Vanilla = "vanilla";

    private static readonly OrderedDictionary<string, OrderModel> Known = new()
    {
        [Deterministic] = new ScoreModel(isStochastic: false),
        [Stochastic] = new ScoreModel(isStochastic: true),
        [Vanilla] = new VanillaModel(),
        ["sinkhorn"] = new SinkhornModel(isStochastic: false),
        ["gumbel-sinkhorn"] = new SinkhornModel(isStochastic: true),
    };

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys];

    /// <summary>The model of a name, one of <see cref="Names"/>.</summary>
    public static OrderModel Of(string name) => Known[name];
}
