namespace SoftPerm.Experiments.Tasks.Orders;

/// <summary>The ways to make an order of images, by name.</summary>
internal static class OrderModels
{
    /// <summary>A relaxation of sorting the scores.</summary>
    public const string Deterministic = "deterministic";

    /// <summary>A relaxation of sorting Plackett-Luce samples, the scores being the logits.</summary>
    public const string Stochastic = "stochastic";

    /// <summary>Dense layers over all images at once.</summary>
    public const string Vanilla = "vanilla";

    /// <summary>The relaxation of scores unless another is given.</summary>
    public const string UsualRelaxation = "neural-sort";

    private static readonly OrderedDictionary<string, Func<KnownRelaxation, OrderModel>> Known = new()
    {
        [Deterministic] = relaxation => new ScoreModel(relaxation, isStochastic: false),
        [Stochastic] = relaxation => new ScoreModel(relaxation, isStochastic: true),
        [Vanilla] = _ => new VanillaModel(),
        ["sinkhorn"] = _ => new SinkhornModel(isStochastic: false),
        ["gumbel-sinkhorn"] = _ => new SinkhornModel(isStochastic: true),
    };

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys];

    /// <summary>Whether a method relaxes scores, so that it may take any relaxation.</summary>
    public static bool TakesRelaxation(string name) => name is Deterministic or Stochastic;

    /// <summary>The model of a name, one of <see cref="Names"/>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="relaxation">What relaxes scores, if the model has them: a name of <see cref="RelaxationCatalog"/>.</param>
    public static OrderModel Of(string name, string relaxation = UsualRelaxation) => Known[name](RelaxationCatalog.Of(relaxation));
}
