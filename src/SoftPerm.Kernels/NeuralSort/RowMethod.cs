namespace SoftPerm.Kernels.NeuralSort;

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
