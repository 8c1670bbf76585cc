namespace SoftPerm.TestKit;

/// <summary>One golden case of NeuralSort; matrices are arrays of rows, gradients belong to the upstream beside them.</summary>
/// <param name="Name">What the case is about.</param>
/// <param name="Scores">s, length n.</param>
/// <param name="Temperature">τ.</param>
/// <param name="Values">X, n rows.</param>
/// <param name="Upstream">G, the gradient on <paramref name="Applied"/>.</param>
/// <param name="Applied">P X.</param>
/// <param name="GradScores">The gradient of the scores from <paramref name="Upstream"/>.</param>
/// <param name="GradValues">The gradient of the values from <paramref name="Upstream"/>: Pᵀ G.</param>
/// <param name="Matrix">P; not given for long cases.</param>
/// <param name="UpstreamMatrix">A gradient on P; not given for long cases.</param>
/// <param name="GradScoresMatrix">The gradient of the scores from <paramref name="UpstreamMatrix"/>.</param>
public sealed record NeuralSortCase(
    string Name, double[] Scores, double Temperature, double[][] Values, double[][] Upstream, double[][] Applied,
    double[] GradScores, double[][] GradValues,
    double[][]? Matrix = null, double[][]? UpstreamMatrix = null, double[]? GradScoresMatrix = null);

/// <summary>One golden case of Plackett-Luce, by enumeration of all orders.</summary>
/// <param name="Logits">log s, length n.</param>
/// <param name="Cost">n×n costs c of the test function f(z) = (Σ_i c[i, z_i])².</param>
/// <param name="Orders">Every permutation.</param>
/// <param name="LogProb">The log-probability of each order.</param>
/// <param name="Value">f of each order.</param>
/// <param name="GradLogProb">The gradient of the logits of each log-probability.</param>
/// <param name="Entropy">The entropy of the distribution.</param>
/// <param name="Expectation">E f.</param>
/// <param name="GradExpectation">The gradient of the logits of E f.</param>
public sealed record PlackettLuceCase(
    double[] Logits, double[][] Cost, int[][] Orders, double[] LogProb, double[] Value, double[][] GradLogProb,
    double Entropy, double Expectation, double[] GradExpectation);

/// <summary>One golden case of the Sinkhorn operator; matrices are arrays of rows.</summary>
/// <param name="LogAlpha">The logits X, n×n.</param>
/// <param name="Temperature">τ.</param>
/// <param name="Iterations">How often rows, then columns, are normalised.</param>
/// <param name="Matrix">The result.</param>
public sealed record SinkhornCase(double[][] LogAlpha, double Temperature, int Iterations, double[][] Matrix);

/// <summary>One golden case of SoftSort; as for <see cref="NeuralSortCase"/>.</summary>
/// <param name="Scores">s, length n.</param>
/// <param name="Temperature">τ.</param>
/// <param name="Power">p.</param>
/// <param name="Values">X, n rows.</param>
/// <param name="Upstream">G, the gradient on <paramref name="Applied"/>.</param>
/// <param name="Applied">P X.</param>
/// <param name="GradScores">The gradient of the scores.</param>
/// <param name="GradValues">The gradient of the values.</param>
/// <param name="Matrix">P; not given for long cases.</param>
public sealed record SoftSortCase(
    double[] Scores, double Temperature, int Power, double[][] Values, double[][] Upstream, double[][] Applied,
    double[] GradScores, double[][] GradValues, double[][]? Matrix = null);

/// <summary>One golden case of the projection onto the permutahedron, l2, ascending: rank 1 is the smallest.</summary>
/// <param name="Values">s, length n.</param>
/// <param name="Strength">ε.</param>
/// <param name="SoftRank">The soft ranks.</param>
/// <param name="SoftSort">The softly sorted values.</param>
public sealed record PermutahedronCase(double[] Values, double Strength, double[] SoftRank, double[] SoftSort);
