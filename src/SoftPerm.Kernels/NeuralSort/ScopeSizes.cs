namespace SoftPerm.Kernels.NeuralSort;

/// <summary>The scratch an operator needs for a group, in columns.</summary>
/// <param name="Values">Values x by place, and mixtures of them.</param>
/// <param name="Weights">Series of row weights.</param>
/// <param name="Results">Column sums.</param>
internal readonly record struct ScopeSizes(int Values, int Weights, int Results);
