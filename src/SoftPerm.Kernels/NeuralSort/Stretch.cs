namespace SoftPerm.Kernels.NeuralSort;

/// <summary>Neighbouring rows treated one after the other on one thread, and how far they reach.</summary>
/// <param name="First">The first row.</param>
/// <param name="End">The row behind the last.</param>
internal record struct Stretch(int First, int End)
{
    /// <summary>The most stretches of one sequence. Few, for blocks cannot be longer than a stretch.</summary>
    public const int Most = 16;

    private const int Shortest = 384;

    /// <summary>The first column reached.</summary>
    public int FirstColumn { get; private set; } = First;

    /// <summary>The column behind the last one reached.</summary>
    public int EndColumn { get; private set; } = End;

    /// <summary>Whether there are blocks among the rows.</summary>
    public bool HasBlocks { get; private set; }

    /// <summary>The number of stretches for a number of rows: the same on any machine, so that results are too.</summary>
    public static int CountFor(int rows) => Math.Clamp(rows / Shortest, 1, Most);

    /// <summary>One of the stretches of a range of rows.</summary>
    public static Stretch Of(int first, int end, int index, int count)
    {
        var rows = (long)end - first;
        return new Stretch(first + (int)(rows * index / count), first + (int)(rows * (index + 1) / count));
    }

    /// <summary>Extends the columns reached.</summary>
    public void Reach(int first, int end, bool block)
    {
        FirstColumn = Math.Min(FirstColumn, first);
        EndColumn = Math.Max(EndColumn, end);
        HasBlocks |= block;
    }
}
