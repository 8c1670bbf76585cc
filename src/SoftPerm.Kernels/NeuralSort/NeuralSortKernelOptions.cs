using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>How <see cref="NeuralSortKernel{T}"/> computes.</summary>
public sealed record NeuralSortKernelOptions
{
    private readonly double? tolerance;
    private readonly int threads = Environment.ProcessorCount;
    private readonly RowMethod method;
    private readonly SimdWidth width = SimdWidths.InUse;

    /// <summary>Whether the largest score comes first.</summary>
    public bool Descending { get; init; } = true;

    /// <summary>ε: the mass of a row that its window may leave out, and again what a series may; in [1e-16, 0.01].
    /// By default 1e-8 for float and 1e-13 for double.</summary>
    public double? Tolerance
    {
        get => tolerance;
        init => tolerance = value is null or (>= 1e-16 and <= 0.01)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Tolerance must be in [1e-16, 0.01].");
    }

    /// <summary>How many threads may work; at least 1. Results are the same for any number. By default one a processor.</summary>
    public int Threads
    {
        get => threads;
        init => threads = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Threads must be at least 1.");
    }

    /// <summary>The vectors to use. By default <see cref="SimdWidths.InUse"/>.</summary>
    public SimdWidth Width
    {
        get => width;
        init => width = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Width must be one of {string.Join(", ", Enum.GetNames<SimdWidth>())}.");
    }

    /// <summary>How rows are summed; for comparisons and tests, as <see cref="RowMethod.Automatic"/> is the fastest.</summary>
    public RowMethod Method
    {
        get => method;
        init => method = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Method must be one of {string.Join(", ", Enum.GetNames<RowMethod>())}.");
    }
}

/// <summary>How the rows of the permutation are summed. All give the same within the tolerance; which is fastest depends on the scores.</summary>
public enum RowMethod
{
    /// <summary>Whatever is fastest, by measured crossovers; batches of at most 32 present and finite scores side by side, one sequence a lane.</summary>
    Automatic,

    /// <summary>Each row over the columns of its own window.</summary>
    Direct,

    /// <summary>Blocks of up to 24 rows over a common window, without a series.</summary>
    ExactBlocks,

    /// <summary>Blocks of rows as long as the series allows.</summary>
    SeriesBlocks,
}
