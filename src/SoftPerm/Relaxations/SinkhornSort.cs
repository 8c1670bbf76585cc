using SoftPerm.Autograd;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>Sorting by optimal transport: relaxes the permutation that sorts scores to a doubly stochastic matrix, by Sinkhorn iterations.</summary>
/// <remarks>
/// <para><b>Definition.</b> The plan of transport between n scores and the places i = 1…n at n + 1 - 2i, for the cost <c>-(n+1-2i) s[j]</c>
/// (half the squared distance, up to what belongs to one side) and entropy τ: <c>P[i,j] = u[i] exp((n+1-2i) s[j] / τ) v[j]</c>, u and v
/// such that rows and columns sum to 1. Iterations begin at the potentials of the exact sort; normalizing rows from there is
/// <see cref="NeuralSort"/>, so <c>P = diag(u) P̂ diag(v)</c>, P̂ being its matrix, and k times <c>v = 1 / P̂ᵀu</c>, <c>u = 1 / P̂v</c>.</para>
/// <para><b>Properties.</b> Rows sum to 1, columns in the limit of k. Softly sorted scores do not rise from place to place.
/// P(s + c) = P(s). τ → 0 gives the exact permutation where no scores are equal, τ → ∞ the uniform matrix.</para>
/// <para><b>Gradient.</b> Through all iterations, in the scores, the temperature and the values: exact for the k made. Second derivatives
/// need <see cref="TwiceDifferentiable"/>.</para>
/// <para><b>Numerics.</b> As for <see cref="NeuralSort"/>, computed in float64. A NaN, or several infinite scores of one sign, make their
/// own batch row NaN. Iterations even out column sums over few places first: over a whole long sequence they take many.</para>
/// <para><b>Cost.</b> On the CPU, O(k n log n) time and O(k n) memory if a gradient is wanted, O(n) otherwise; the matrix is not built.
/// Elsewhere, and if <see cref="TwiceDifferentiable"/>, O(k n²) time.</para>
/// <para><b>Source.</b> Cuturi, Teboul and Vert, NeurIPS 2019; beginning at the potentials of a sort, Thornton and Cuturi 2022.</para>
/// </remarks>
public sealed class SinkhornSort : IRelaxation
{
    private readonly Temperature temperature;

    /// <summary>Transport at a fixed temperature.</summary>
    /// <param name="temperature">τ, positive and finite, in units of the scores.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public SinkhornSort(double temperature, bool descending = true) => (this.temperature, Descending) = (new Temperature(temperature), descending);

    /// <summary>Transport at a temperature held in a tensor, which may be learned.</summary>
    /// <param name="temperature">τ, positive and finite: a single number or one for each batch row, broadcasting to the batch
    /// shape [...] of the scores. Stays the caller's; read anew at each <see cref="Relax"/>.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    public SinkhornSort(Tensor temperature, bool descending = true) => (this.temperature, Descending) = (new Temperature(temperature), descending);

    /// <summary>k, the number of iterations, columns and rows; 20 unless given.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1.</exception>
    public int Iterations
    {
        get;
        init
        {
            if (value < 1) throw new ArgumentOutOfRangeException(nameof(value), value, "Iterations must be at least 1.");
            field = value;
        }
    } = 20;

    /// <inheritdoc/>
    public bool Descending { get; }

    /// <summary>Whether second derivatives are wanted: composes tensor operations, in O(k n²), instead of using kernels.</summary>
    public bool TwiceDifferentiable { get; init; }

    /// <inheritdoc/>
    public RelaxedPermutation Relax(Tensor scores, Tensor? mask = null)
    {
        Check.Scores(scores, nameof(scores));
        if (mask is not null) Check.Mask(mask, scores, nameof(mask));
        temperature.CheckFor(scores);
        using Tensor wide = Wide(() => scores), temperatures = Wide(() => temperature.For(scores));
        var rows = new NeuralSort(temperatures, Descending) { TwiceDifferentiable = TwiceDifferentiable }.Relax(wide, mask);
        using var scope = new CallScope(this, scores, mask);
        return ScaledPermutation.DoublyStochastic(rows, Iterations, scores.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>A tensor of its own in the widest type.</summary>
    private static Tensor Wide(Func<Tensor> make)
    {
        using var scope = NewDisposeScope();
        var tensor = make();
        return tensor.to(SortedScores.WideType(tensor.device)).alias().MoveToOuterDisposeScope();
    }
}
