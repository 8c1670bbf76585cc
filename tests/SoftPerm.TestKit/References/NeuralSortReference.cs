namespace SoftPerm.TestKit.References;

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
public static partial class NeuralSortReference
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

    /// <summary>Computes the gradient of the scores from a gradient on the matrix.</summary>
    /// <remarks>
    /// <para><b>Gradient.</b> P is not differentiable where scores are equal; there sign(0) = 0 is taken, as automatic
    /// differentiation of the definition does. An infinite score that stands alone has gradient 0; two of one sign, and a NaN
    /// score, make the whole gradient NaN.</para>
    /// </remarks>
    /// <param name="scores">s, length n.</param>
    /// <param name="temperature">τ, positive and finite.</param>
    /// <param name="upstream">∂L/∂P, length n·n.</param>
    /// <param name="gradient">Receives ∂L/∂s, length n; must not overlap the upstream.</param>
    /// <exception cref="ArgumentException">A length is wrong, or the gradient overlaps the upstream.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public static void ScoreGradient(ReadOnlySpan<double> scores, double temperature, ReadOnlySpan<double> upstream, Span<double> gradient)
    {
        RequireTemperature(temperature);
        RequireLength(upstream.Length, (long)scores.Length * scores.Length, nameof(upstream));
        RequireLength(gradient.Length, scores.Length, nameof(gradient));
        RequireApart(upstream, gradient, nameof(gradient));
        Definition.ScoreGradient(scores, temperature, upstream, gradient);
    }

    /// <summary>Computes the gradient of the temperature from a gradient on the matrix.</summary>
    /// <param name="scores">s, length n.</param>
    /// <param name="temperature">τ, positive and finite.</param>
    /// <param name="upstream">∂L/∂P, length n·n.</param>
    /// <returns>∂L/∂τ.</returns>
    /// <exception cref="ArgumentException">The upstream has another length than n·n.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public static double TemperatureGradient(ReadOnlySpan<double> scores, double temperature, ReadOnlySpan<double> upstream)
    {
        RequireTemperature(temperature);
        RequireLength(upstream.Length, (long)scores.Length * scores.Length, nameof(upstream));
        return Definition.TemperatureGradient(scores, temperature, upstream);
    }

    /// <summary>Computes the gradient of the values of <see cref="Apply"/>: Pᵀ G, which also sends values from places back to items.</summary>
    /// <param name="scores">s, length n.</param>
    /// <param name="temperature">τ, positive and finite.</param>
    /// <param name="upstream">G, the gradient on P X, n rows of <paramref name="columns"/>.</param>
    /// <param name="columns">d, the values of one item, at least 0.</param>
    /// <param name="gradient">Receives Pᵀ G, n rows of d; must not overlap the upstream.</param>
    /// <exception cref="ArgumentException">A length is wrong, or the gradient overlaps the upstream.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature or the number of columns is outside its domain.</exception>
    public static void ValueGradient(ReadOnlySpan<double> scores, double temperature, ReadOnlySpan<double> upstream, int columns, Span<double> gradient)
    {
        RequireTemperature(temperature);
        RequireColumns(columns);
        RequireLength(upstream.Length, (long)scores.Length * columns, nameof(upstream));
        RequireLength(gradient.Length, upstream.Length, nameof(gradient));
        RequireApart(upstream, gradient, nameof(gradient));
        Definition.ValueGradient(scores, temperature, upstream, columns, gradient);
    }

    private static void RequireTemperature(double temperature)
    {
        if (!(temperature > 0 && double.IsFinite(temperature)))
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "The temperature must be positive and finite.");
    }

    private static void RequireColumns(int columns)
    {
        if (columns < 0) throw new ArgumentOutOfRangeException(nameof(columns), columns, "The number of columns must be at least 0.");
    }

    private static void RequireLength(int length, long expected, string name)
    {
        if (length != expected) throw new ArgumentException($"The length is {length}; it must be {expected} to match the scores.", name);
    }

    private static void RequireApart(ReadOnlySpan<double> input, Span<double> output, string name)
    {
        if (input.Overlaps(output)) throw new ArgumentException("The result overlaps an input that is still to be read.", name);
    }
}
