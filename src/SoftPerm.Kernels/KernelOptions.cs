using System.Runtime.CompilerServices;
using SoftPerm.Kernels.NeuralSort;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels;

/// <summary>How kernels compute.</summary>
public record KernelOptions
{
    private readonly int threads = Environment.ProcessorCount;

    /// <summary>Whether the largest score comes first.</summary>
    public bool Descending { get; init; } = true;

    /// <summary>How many threads may work; at least 1. Results are the same for any number. By default one a processor.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Threads
    {
        get => threads;
        init => threads = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Threads must be at least 1.");
    }

    private protected static T Defined<T>(T value, [CallerMemberName] string name = "")
        where T : struct, Enum =>
        Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{name} must be one of {string.Join(", ", Enum.GetNames<T>())}.");
}

/// <summary>How the kernel of NeuralSort computes.</summary>
public sealed record NeuralSortKernelOptions : KernelOptions
{
    private readonly double? tolerance;
    private readonly RowMethod method;
    private readonly SimdWidth width = SimdWidths.InUse;

    /// <summary>ε: the mass of a row that its window may leave out, and again what a series may; in [1e-16, 0.01].
    /// By default 1e-8 for float and 1e-13 for double.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside that range.</exception>
    public double? Tolerance
    {
        get => tolerance;
        init => tolerance = value is null or (>= 1e-16 and <= 0.01)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Tolerance must be in [1e-16, 0.01].");
    }

    /// <summary>The vectors to use. By default <see cref="SimdWidths.InUse"/>.</summary>
    public SimdWidth Width
    {
        get => width;
        init => width = Defined(value);
    }

    /// <summary>How rows are summed; for comparisons and tests, as <see cref="RowMethod.Automatic"/> is the fastest.</summary>
    public RowMethod Method
    {
        get => method;
        init => method = Defined(value);
    }
}

/// <summary>How the kernel of the permutahedron computes.</summary>
public sealed record PermutahedronKernelOptions : KernelOptions
{
    /// <summary>Whether projections are entropic, of exponentials, instead of quadratic.</summary>
    public bool Entropic { get; init; }

    /// <summary>Whether the gradient of the temperature may be asked for; without it, lists of up to 8 scores go a quicker way.</summary>
    public bool TemperatureGradient { get; init; } = true;
}
