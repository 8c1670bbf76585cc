namespace SoftPerm.Kernels.NeuralSort;

/// <summary>Where one way to sum rows ends and the next begins.</summary>
/// <param name="WidestRun">The most columns beside a narrow row; where there are more, rows form blocks.</param>
/// <param name="LongestExact">The most rows of an exact block.</param>
/// <param name="ShortestSeries">The fewest rows of a block for which the series is taken.</param>
internal sealed record RowLimits(int WidestRun, int LongestExact, int ShortestSeries)
{
    /// <summary>The steepest slope of a window that the series usually just bears.</summary>
    private const double UsualSlope = 8;

    /// <summary>The limits of each method.</summary>
    public static IReadOnlyDictionary<RowMethod, RowLimits> Table { get; } = new Dictionary<RowMethod, RowLimits>
    {
        [RowMethod.Automatic] = new(24, Tile.MaxTerms, 2 * Tile.MaxTerms), // measured
        [RowMethod.Direct] = new(int.MaxValue, 1, int.MaxValue),
        [RowMethod.ExactBlocks] = new(-1, Tile.MaxTerms, int.MaxValue),
        [RowMethod.SeriesBlocks] = new(-1, 1, 2),
    };

    /// <summary>The length to try where nothing is known.</summary>
    public int FirstLength => ShortestSeries <= Tile.MaxTerms ? Tile.MaxTerms : LongestExact;

    /// <summary>The block of a length: of one row, exact, or by the series.</summary>
    /// <param name="row">The first row.</param>
    /// <param name="length">The length.</param>
    /// <param name="tolerance">ε.</param>
    /// <param name="steepness">|b| per row of half-length where the last window ended.</param>
    public RowBlock BlockAt(int row, int length, double tolerance, double steepness)
    {
        if (length <= 1) return RowBlock.Single(row);
        if (length <= LongestExact) return RowBlock.Exact(row, length);
        return new RowBlock(row, length, Terms(steepness * (length / 2), tolerance), IsExact: false);
    }

    /// <summary>How long the next block may be, from what this one turned out to be.</summary>
    public int NextLength(RowBlock block, BlockOutcome outcome, double tolerance)
    {
        // The bound grows like the p-th power of the length, so from one length follows the one that is allowed.
        if (block.Length == 1) return FirstLength;
        var allowed = block.IsExact
            ? 2 * UsualSlope * block.Half / outcome.Steepest
            : block.Length * Math.Min(4, Allowance(block, outcome, tolerance));
        return allowed < ShortestSeries ? LongestExact : (int)Math.Min(allowed, int.MaxValue);
    }

    /// <summary>How long to try after a block that was refused.</summary>
    public int ShorterLength(RowBlock block, BlockOutcome outcome, double tolerance)
    {
        var length = block.Length * (outcome == BlockOutcome.TooSteep ? 0.6 : Math.Clamp(Allowance(block, outcome, tolerance), 0.3, 0.9));
        return !block.IsExact && length < ShortestSeries ? LongestExact : (int)length;
    }

    /// <summary>The fewest terms that leave out less than the tolerance where no slope exceeds the one expected.</summary>
    private static int Terms(double slope, double tolerance)
    {
        var term = 1.0;
        for (var k = 1; k < Tile.MaxTerms; k++)
        {
            term *= slope / k;
            if (k % 4 == 0 && k > slope && 4 * term <= tolerance) return k;
        }

        return Tile.MaxTerms;
    }

    private static double Allowance(RowBlock block, BlockOutcome outcome, double tolerance) =>
        0.95 * Math.Pow(tolerance / outcome.Error, 1.0 / block.Terms);
}
