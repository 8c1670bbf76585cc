namespace SoftPerm.Kernels.NeuralSort;

/// <summary>Which rows of short sequences that lie side by side are wanted.</summary>
/// <param name="Stride">The sequences side by side: from one place to the next.</param>
/// <param name="Count">The places of each.</param>
/// <param name="Tail">The distance beyond which columns are left out.</param>
/// <param name="FirstRow">The first row.</param>
/// <param name="EndRow">The row behind the last.</param>
internal readonly record struct LaneShape(int Stride, int Count, double Tail, int FirstRow, int EndRow);
