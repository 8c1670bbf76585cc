using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>How kernels compute.</summary>
/// <param name="Tolerance">ε: how far the total of a row may be off, relatively, and a mixture of values relative to their range.</param>
/// <param name="Width">The vectors to use.</param>
/// <param name="Threads">How many threads may work.</param>
/// <param name="Method">How rows are summed.</param>
internal readonly record struct KernelSettings(double Tolerance, SimdWidth Width, int Threads, RowMethod Method = RowMethod.Automatic);
