namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>The distributions of scores that accuracy is promised for.</summary>
internal static class ScoreKinds
{
    public static IReadOnlyList<string> Names { get; } =
        ["normal", "uniform", "exponential", "cauchy", "clusters", "duplicates", "equal", "geometric", "offset"];

    public static double[] Draw(string kind, int n, Random random)
    {
        if (kind == "geometric") return GeometricGaps(n, random);
        var scores = new double[n];
        for (var j = 0; j < n; j++)
        {
            scores[j] = kind switch
            {
                "normal" => Normal(random),
                "uniform" => random.NextDouble(),
                "exponential" => -Math.Log(1 - random.NextDouble()),
                "cauchy" => Math.Tan(Math.PI * (random.NextDouble() - 0.5)),
                "clusters" => 0.1 * Normal(random) + j % 2 * 100,
                "duplicates" => random.Next(100) == 0 && j > 0 ? scores[random.Next(j)] : Normal(random),
                "equal" => 1.5,
                "offset" => 1e6 + Normal(random),
                _ => throw new ArgumentException($"There are no scores called '{kind}'.", nameof(kind)),
            };
        }

        return scores;
    }

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public static double[] Normals(int n, Random random)
    {
        var numbers = new double[n];
        for (var j = 0; j < n; j++) numbers[j] = Normal(random);
        return numbers;
    }

    // Sums of gaps from 1e-6 to 1e6, in random order.
    private static double[] GeometricGaps(int n, Random random)
    {
        var scores = new double[n];
        for (var j = 1; j < n; j++) scores[j] = scores[j - 1] + Math.Pow(10, -6 + 12 * random.NextDouble());
        random.Shuffle(scores);
        return scores;
    }
}
