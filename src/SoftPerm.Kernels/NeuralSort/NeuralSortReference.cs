namespace SoftPerm.Kernels.NeuralSort;

/// <summary>NeuralSort on spans: a continuous relaxation of the permutation that sorts scores, largest first.</summary>
/// <remarks>
/// <para><b>Definition</b> (i, j, k from 1): <c>P[i,j] = softmax_j(((n+1-2i)·s[j] - Σ_k |s[j]-s[k]|) / τ)</c>,
/// with scores s and temperature τ. Places (rows) and items (columns) count from 0 in the code, and a matrix lies row by row.</para>
/// <para><b>Properties.</b> Rows sum to 1, columns need not. Row-wise argmax is the sort. P(s+c) = P(s). τ → 0 gives the
/// exact permutation of distinct scores.</para>
/// <para><b>Numerics.</b> Evaluated in sorted order as sums of non-negative gaps: no difference of large numbers is formed.
/// An infinite score that stands alone takes its place (+∞ the first, -∞ the last) and leaves the others as if it were not
/// there; two of one sign have no limit among themselves, so their rows are NaN. A NaN score makes every result NaN.</para>
/// <para><b>Cost.</b> O(n²) time, O(n) scratch memory. To sort ascending, negate the scores (and their gradient).</para>
/// <para><b>Source.</b> Grover, Wang, Zweig, Ermon 2019, Eq. 5; ties by Definition 6.</para>
/// </remarks>
internal static partial class NeuralSortReference
{
    /// <summary>Finds the items in sorted order, largest first; ties keep the order given.</summary>
    /// <remarks>NaN sorts before every number, as <c>torch.sort</c> has it.</remarks>
    /// <param name="scores">s, length n.</param>
    /// <param name="order">Receives the item of each place, length n.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Order(ReadOnlySpan<double> scores, Span<int> order)
    {
        RequireLength(order.Length, scores.Length, nameof(order));
        Definition.Order(scores, order);
    }

    /// <summary>Writes one row of P: how much each item belongs to one place.</summary>
    /// <param name="scores">s, length n.</param>
    /// <param name="temperature">τ, positive and finite.</param>
    /// <param name="place">The place i, 0 (the largest) to n - 1.</param>
    /// <param name="row">Receives P[i, ·], length n.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature or the place is outside its domain.</exception>
    public static void Row(ReadOnlySpan<double> scores, double temperature, int place, Span<double> row)
    {
        RequireTemperature(temperature);
        if (place < 0 || place >= scores.Length)
            throw new ArgumentOutOfRangeException(nameof(place), place, $"The place must be at least 0 and less than {scores.Length}, the number of scores.");
        RequireLength(row.Length, scores.Length, nameof(row));
        Definition.Row(scores, temperature, place, row);
    }

    /// <summary>Writes the whole matrix P.</summary>
    /// <param name="scores">s, length n.</param>
    /// <param name="temperature">τ, positive and finite.</param>
    /// <param name="matrix">Receives P, length n·n.</param>
    /// <exception cref="ArgumentException">The matrix has another length than n·n.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public static void Matrix(ReadOnlySpan<double> scores, double temperature, Span<double> matrix)
    {
        RequireTemperature(temperature);
        RequireLength(matrix.Length, (long)scores.Length * scores.Length, nameof(matrix));
        Definition.Matrix(scores, temperature, matrix);
    }

    /// <summary>Writes log P, exact where P itself underflows to 0.</summary>
    /// <param name="scores">s, length n.</param>
    /// <param name="temperature">τ, positive and finite.</param>
    /// <param name="matrix">Receives log P, length n·n.</param>
    /// <exception cref="ArgumentException">The matrix has another length than n·n.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public static void LogMatrix(ReadOnlySpan<double> scores, double temperature, Span<double> matrix)
    {
        RequireTemperature(temperature);
        RequireLength(matrix.Length, (long)scores.Length * scores.Length, nameof(matrix));
        Definition.LogMatrix(scores, temperature, matrix);
    }

    /// <summary>Sorts values softly: P X, row i the mixture of values at place i.</summary>
    /// <param name="scores">s, length n.</param>
    /// <param name="temperature">τ, positive and finite.</param>
    /// <param name="values">X, n rows of <paramref name="columns"/> values.</param>
    /// <param name="columns">d, the values of one item, at least 0.</param>
    /// <param name="result">Receives P X, n rows of d; must not overlap the values.</param>
    /// <exception cref="ArgumentException">A length is wrong, or the result overlaps the values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature or the number of columns is outside its domain.</exception>
    public static void Apply(ReadOnlySpan<double> scores, double temperature, ReadOnlySpan<double> values, int columns, Span<double> result)
    {
        RequireTemperature(temperature);
        RequireColumns(columns);
        RequireLength(values.Length, (long)scores.Length * columns, nameof(values));
        RequireLength(result.Length, values.Length, nameof(result));
        RequireApart(values, result, nameof(result));
        Definition.Apply(scores, temperature, values, columns, result);
    }
}
