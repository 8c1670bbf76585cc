namespace SoftPerm.Kernels.Assignment;

/// <summary>A matching of rows with columns that grows by one row at a time and is always the best of its rows.</summary>
/// <remarks>
/// Columns have prices, and row i loses <c>price[j] - G[i,j]</c> by taking column j. Every matched row loses as little as it can, which
/// proves that no matching of the same rows gains more. A further row takes the cheapest path of exchanges to a free column, as
/// Dijkstra's algorithm finds it, and the prices move with it.
/// </remarks>
internal readonly ref struct AugmentingPaths
{
    /// <summary>Stands for no row and no column.</summary>
    public const int None = -1;

    private readonly ReadOnlySpan<double> gains;
    private readonly double scale;
    private readonly Span<double> price;
    private readonly Span<double> cost; // of the cheapest path known from the new row to each column
    private readonly Span<int> rowBefore; // the last row on that path
    private readonly Span<int> rowOfColumn;
    private readonly Span<int> columns; // those whose cheapest path is found, in that order; then all others
    private readonly Span<int> columnOfRow;

    /// <param name="gains">G, n·n.</param>
    /// <param name="scale">What every gain is multiplied by.</param>
    /// <param name="numbers">Scratch, 2n.</param>
    /// <param name="indices">Scratch, 3n.</param>
    /// <param name="columnOfRow">The matching, n.</param>
    public AugmentingPaths(ReadOnlySpan<double> gains, double scale, Span<double> numbers, Span<int> indices, Span<int> columnOfRow)
    {
        var n = columnOfRow.Length;
        this.gains = gains;
        this.scale = scale;
        price = numbers[..n];
        cost = numbers[n..];
        rowBefore = indices[..n];
        rowOfColumn = indices[n..(2 * n)];
        columns = indices[(2 * n)..];
        this.columnOfRow = columnOfRow;
    }

    /// <summary>Prices every column at its largest gain, and gives it to the row that gains so much, if that has no other.</summary>
    /// <returns>False if a column is forbidden to all rows.</returns>
    public bool MatchGreedily()
    {
        price.Fill(double.NegativeInfinity);
        rowOfColumn.Fill(None);
        columnOfRow.Fill(None);
        for (var row = 0; row < columnOfRow.Length; row++)
        {
            var gainsOfRow = Row(row);
            for (var column = 0; column < price.Length; column++)
            {
                if (gainsOfRow[column] * scale <= price[column]) continue;
                price[column] = gainsOfRow[column] * scale;
                rowOfColumn[column] = row;
            }
        }

        for (var column = 0; column < price.Length; column++)
        {
            var row = rowOfColumn[column];
            if (row == None) return false;
            if (columnOfRow[row] == None) columnOfRow[row] = column;
            else rowOfColumn[column] = None;
        }

        return true;
    }

    /// <summary>Matches one more row.</summary>
    /// <returns>False if no path of allowed pairs leads to a free column.</returns>
    public bool Augment(int newRow)
    {
        cost.Fill(double.PositiveInfinity);
        for (var k = 0; k < columns.Length; k++) columns[k] = k;
        var row = newRow;
        double reached = 0; // the cost of the path to the row
        for (var found = 0; ; found++)
        {
            var next = Extend(row, reached, found);
            if (next == None) return false;
            var column = columns[next];
            (columns[found], columns[next]) = (column, columns[found]);
            reached = cost[column];
            if (rowOfColumn[column] == None)
            {
                // Rows on the path must not lose more than they need to: cheaper columns rise to the cost of the last.
                foreach (var cheaper in columns[..found]) price[cheaper] += reached - cost[cheaper];
                Exchange(newRow, column);
                return true;
            }

            row = rowOfColumn[column];
        }
    }

    /// <summary>Extends paths by one row, and finds the column with the cheapest path among those not found yet, free ones first.</summary>
    /// <returns>Its index in <see cref="columns"/>.</returns>
    private int Extend(int row, double reached, int found)
    {
        var gainsOfRow = Row(row);
        var own = columnOfRow[row];
        var offset = own == None ? 0 : reached - (price[own] - gainsOfRow[own] * scale);
        var next = None;
        var least = double.PositiveInfinity;
        for (var k = found; k < columns.Length; k++)
        {
            var column = columns[k];
            var through = price[column] - gainsOfRow[column] * scale + offset;
            if (through < cost[column])
            {
                cost[column] = through;
                rowBefore[column] = row;
            }

            if (cost[column] < least || (cost[column] == least && next != None && rowOfColumn[column] == None && rowOfColumn[columns[next]] != None))
            {
                least = cost[column];
                next = k;
            }
        }

        return next;
    }

    /// <summary>Gives every row on the path to a column the column after it.</summary>
    private void Exchange(int newRow, int column)
    {
        int row;
        do
        {
            row = rowBefore[column];
            rowOfColumn[column] = row;
            (columnOfRow[row], column) = (column, columnOfRow[row]);
        }
        while (row != newRow);
    }

    private ReadOnlySpan<double> Row(int row) => gains.Slice(row * columnOfRow.Length, columnOfRow.Length);
}
