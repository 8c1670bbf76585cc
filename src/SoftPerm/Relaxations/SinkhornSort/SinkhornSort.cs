using SoftPerm.Relaxations;

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
/// need <see cref="Relaxation.TwiceDifferentiable"/>.</para>
/// <para><b>Numerics.</b> As for <see cref="NeuralSort"/>, computed in float64. A NaN, or several infinite scores of one sign, make their
/// own batch row NaN. Iterations even out column sums over few places first: over a whole long sequence they take many.</para>
/// <para><b>Cost.</b> On the CPU, O(k n log n) time and O(k n) memory if a gradient is wanted, O(n) otherwise; the matrix is not built.
/// Elsewhere, and if <see cref="Relaxation.TwiceDifferentiable"/>, O(k n²) time.</para>
/// <para><b>Source.</b> Cuturi, Teboul and Vert, NeurIPS 2019; beginning at the potentials of a sort, Thornton and Cuturi 2022.</para>
/// </remarks>
public sealed class SinkhornSort : Relaxation
{
    /// <summary>Transport at a temperature.</summary>
    /// <param name="temperature">τ: a number, a tensor or a <see cref="LearnedTemperature"/>; in units of the scores.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public SinkhornSort(Temperature temperature, bool descending = true) : base(temperature, descending)
    {
    }

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
    public override RelaxationProperties Properties => CommonProperties.Transport;

    /// <summary>What the catalog knows of it.</summary>
    public static KnownRelaxation Known { get; } = new("sinkhorn", "Sinkhorn sort", "Cuturi et al. 2019", temperatureUnit: "s",
        (temperature, descending) => new SinkhornSort(temperature, descending),
        (deviation, _) => deviation)
    {
        Time = "O(k n log n)",
        Memory = "O(k n)",
        CreateComposed = (temperature, descending) => new SinkhornSort(temperature, descending) { TwiceDifferentiable = true },
    };

    internal override PermutationEngine Engine(Tensor scores, Tensor? mask) =>
        new ScaledEngine(base.Engine(scores.As(scores.device.WideType()), mask), Iterations);

    private protected override KernelFactory<T> Kernels<T>() => NeuralSort.KernelsOf<T>();

    private protected override PermutationEngine Compose(Tensor scores, Tensor temperatures, Tensor? mask) =>
        NeuralSort.Rows(scores, temperatures, mask, Descending);
}
