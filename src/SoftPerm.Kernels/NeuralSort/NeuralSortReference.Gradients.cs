namespace SoftPerm.Kernels.NeuralSort;

internal static partial class NeuralSortReference
{
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
}
