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

    /// <summary>The sequences treated at once by the members for lanes.</summary>
    public abstract int Lanes { get; }

    /// <summary>Computes totals and mixtures of rows of as many short sequences as there are lanes; all panels are interleaved.</summary>
    /// <param name="gaps">The gaps of all lanes.</param>
    /// <param name="count">The places of each sequence.</param>
    /// <param name="tail">The distance beyond which columns are left out.</param>
    /// <param name="first">The first row.</param>
    /// <param name="end">The row behind the last.</param>
    /// <param name="values">x by place.</param>
    /// <param name="totals">Receives Z by row.</param>
    /// <param name="mixtures">Receives P x by row.</param>
    public abstract void ForwardLanes(Panel gaps, int count, double tail, int first, int end, Panel values, Panel totals, Panel mixtures);

    /// <summary>Adds rows of as many short sequences as there are lanes to column sums; all panels are interleaved.</summary>
    public abstract void TransposeLanes(
        Panel gaps, int count, double tail, int first, int end, Panel weights, Panel values, Panel results, bool gradient);
}
