using System.Runtime.Intrinsics;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>The two sums everything else is made of, for a stretch of rows: over the columns of each row, and over the rows of each column.</summary>
internal abstract class RowTransform
{
    private static readonly Dictionary<SimdWidth, RowTransform> Table = new()
    {
        [SimdWidth.Scalar] = new WindowedRows<Simd64, double>(),
        [SimdWidth.Vector128] = new WindowedRows<Simd128, Vector128<double>>(),
        [SimdWidth.Vector256] = new WindowedRows<Simd256, Vector256<double>>(),
        [SimdWidth.Vector512] = new WindowedRows<Simd512, Vector512<double>>(),
    };

    /// <summary>The transform of one width; runs on any processor, if slowly where the width is not in hardware.</summary>
    public static RowTransform Of(SimdWidth width) => Table[width];

    /// <summary>Plans a stretch and computes its totals Z and mixtures P x.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="stretch">The rows; receives how far they reach.</param>
    /// <param name="values">x by place.</param>
    /// <param name="totals">Receives Z by row.</param>
    /// <param name="mixtures">Receives P x by row.</param>
    /// <param name="plan">Receives how each row was treated.</param>
    public abstract void Plan(Sequence sequence, ref Stretch stretch, Panel values, Panel totals, Panel mixtures, RowPlan plan);

    /// <summary>Computes a planned stretch again, for other values.</summary>
    public abstract void Forward(Sequence sequence, Stretch stretch, Panel values, Panel totals, Panel mixtures, RowPlan plan);

    /// <summary>Adds the blocks of a stretch to column sums and takes their weights away, so that only narrow rows are left.</summary>
    public abstract void TransposeBlocks(Sequence sequence, Stretch stretch, Panel weights, Panel values, Panel results, bool gradient, RowPlan plan);

    /// <summary>Adds the narrow rows around some columns to their sums.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="rows">The rows that may reach the columns; runs only.</param>
    /// <param name="firstColumn">The first column.</param>
    /// <param name="endColumn">The column behind the last.</param>
    /// <param name="weights">Series by row, 0 for rows of blocks and outside all stretches.</param>
    /// <param name="values">x by column.</param>
    /// <param name="results">Receives the sums.</param>
    /// <param name="gradient">Whether the last two results are A and W.</param>
    /// <param name="plan">How each row is treated.</param>
    public abstract void TransposeNarrow(
        Sequence sequence, Stretch rows, int firstColumn, int endColumn, Panel weights, Panel values, Panel results, bool gradient, RowPlan plan);

    /// <summary>The sequences in a vector.</summary>
    public abstract int Lanes { get; }

    /// <summary>Computes totals and mixtures of rows of short sequences that lie side by side, a multiple of <see cref="Lanes"/> of them.</summary>
    /// <param name="shape">The rows.</param>
    /// <param name="gaps">The gaps of all sequences.</param>
    /// <param name="values">x by place.</param>
    /// <param name="totals">Receives Z by row.</param>
    /// <param name="mixtures">Receives P x by row.</param>
    public abstract void ForwardLanes(LaneShape shape, Panel gaps, Panel values, Panel totals, Panel mixtures);

    /// <summary>Adds such rows to column sums.</summary>
    public abstract void TransposeLanes(LaneShape shape, Panel gaps, Panel weights, Panel values, Panel results, bool gradient);
}
