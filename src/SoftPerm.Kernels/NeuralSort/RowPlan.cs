namespace SoftPerm.Kernels.NeuralSort;

/// <summary>How the rows of a sequence are treated: runs of narrow rows, and blocks.</summary>
/// <remarks>
/// One integer a row. At the first row of a run lies its length; at the first row of a block its negated length, followed by
/// its number of terms if it has more than one row (one row alone needs no series), 0 if it is exact. Other entries mean nothing.
/// </remarks>
/// <param name="entries">Room for the rows of a stretch or more.</param>
/// <param name="first">The row of the first entry.</param>
internal readonly ref struct RowPlan(Span<int> entries, int first)
{
    private readonly Span<int> entries = entries;
    private readonly int first = first;

    /// <summary>Whether the rows from here on form a block, and if so which.</summary>
    public bool IsBlock(int row, out RowBlock block)
    {
        var length = -entries[row - first];
        if (length <= 0) block = default;
        else if (length == 1) block = RowBlock.Single(row);
        else block = entries[row + 1 - first] is var terms and > 0 ? new RowBlock(row, length, terms, IsExact: false) : RowBlock.Exact(row, length);
        return length > 0;
    }

    /// <summary>The rows of the run that starts here.</summary>
    public int RunLength(int row) => entries[row - first];

    public void SetRun(int row, int length) => entries[row - first] = length;

    public void SetBlock(RowBlock block)
    {
        entries[block.First - first] = -block.Length;
        if (block.Length > 1) entries[block.First + 1 - first] = block.IsExact ? 0 : block.Terms;
    }
}
