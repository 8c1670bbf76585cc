using System.Numerics;
using SoftPerm.Kernels.LapSum;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Relaxations;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>LapSum: relaxes the permutation that sorts scores by cutting a sum of Laplace distributions, one at each score, into equal parts.</summary>
/// <remarks>
/// <para><b>Definition.</b> With Φ the distribution function of the standard Laplace distribution and thresholds ∞ = b[0] &gt; b[1] &gt; … &gt;
/// b[n] = -∞ such that <c>Σ_j Φ((s[j] - b[i]) / τ) = i</c>: <c>P[i,j] = Φ((s[j] - b[i+1]) / τ) - Φ((s[j] - b[i]) / τ)</c>, i and j from 0.</para>
/// <para><b>Properties.</b> Rows and columns sum to 1. P(s + c) = P(s), and columns follow the items. The softly sorted scores P s fall from
/// place to place. Along the sorted items a row rises to one peak and falls from there, but the peak of a hot row may be at another item than
/// the one that belongs there. τ → 0 gives the exact permutation where no scores are equal, τ → ∞ the uniform matrix.</para>
/// <para><b>Gradient.</b> In the scores, through the thresholds too, in the temperature, the values and a real k. P is differentiable at ties.
/// Second derivatives need <see cref="Relaxation.TwiceDifferentiable"/>. Values must not be changed in place before the backward pass: on the CPU that
/// is not detected.</para>
/// <para><b>Numerics.</b> Everything is made of gaps between sorted neighbours, so that an offset of the scores costs no accuracy. In a gap so
/// wide that the density underflows a threshold has its limit, and densities count relative to the nearest scores. The cross-entropy is
/// made of distances and finite where P underflows, and so is log P; the matrix and its logarithm take distances from the middle score, whose
/// rounding at 1e16 temperatures makes thresholds equal: the factor that vanishes then is held at 1e-300. A NaN score makes its own batch row
/// NaN and no other. Infinite scores take the limit: +∞ first, -∞ last, each alone in its place; where several share a sign their rows are
/// NaN. Sums are computed in double precision.</para>
/// <para><b>Cost.</b> On the CPU, O(n log n) time for the sort, O(n) for the thresholds, every operator and its gradient, O(n) memory; n² for
/// <see cref="RelaxedPermutation.Matrix"/> alone. Of a single sequence, only the sort and the exponentials use several threads.
/// On other devices, and if <see cref="Relaxation.TwiceDifferentiable"/>, O(n²) time.</para>
/// <para><b>Source.</b> Struski, Bednarczyk, Podolak, Tabor, ICML 2025; derivation in docs/math/lap-sum.md.</para>
/// </remarks>
public sealed class LapSum : Relaxation
{
    /// <summary>LapSum at a temperature.</summary>
    /// <param name="temperature">τ: a number, a tensor or a <see cref="LearnedTemperature"/>; in units of the scores.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public LapSum(Temperature temperature, bool descending = true) : base(temperature, descending)
    {
    }

    /// <inheritdoc/>
    public override RelaxationProperties Properties => CommonProperties.Transport | RelaxationProperties.DoublyStochastic;

    /// <summary>What the catalog knows of it.</summary>
    public static KnownRelaxation Known { get; } = new("lap-sum", "LapSum", "Struski et al. 2025", temperatureUnit: "s",
        (temperature, descending) => new LapSum(temperature, descending),
        (deviation, items) => deviation / items.sqrt())
    {
        CreateComposed = (temperature, descending) => new LapSum(temperature, descending) { TwiceDifferentiable = true },
    };

    /// <summary>How much each value belongs to the first k places, k a real number with a gradient.</summary>
    /// <remarks>
    /// <para><b>Definition.</b> <c>Φ((s[j] - b) / τ)</c> with b such that the sum is k.</para>
    /// <para><b>Gradient.</b> In the values, the temperature and k: that in k is the share of each value in the density at b, 0 if k is at
    /// least the number of values there. In tensor operations it fades where the nearest value is more than 700 temperatures away.</para>
    /// <para><b>Cost.</b> O(n) after the sort, on any device.</para>
    /// </remarks>
    /// <param name="values">As for <see cref="SoftOrdering.Sort"/>.</param>
    /// <param name="k">In (0, n]: a single number or one for each batch row, broadcasting to the batch shape [...] of the values.</param>
    /// <param name="mask">As for <see cref="SoftOrdering.Sort"/>; absent values belong to no place.</param>
    /// <returns>Shape [..., n], by item; sums to k, or to the number of values there if that is less.</returns>
    /// <exception cref="ArgumentException">k is not floating point, or does not broadcast to the batch.</exception>
    /// <exception cref="ArgumentOutOfRangeException">k is not in (0, n].</exception>
    public Tensor FractionalTopK(Tensor values, Tensor k, Tensor? mask = null)
    {
        Check.Scores(values, nameof(values));
        Check.Places(k, values, nameof(k));
        using var scope = new CallScope(k);
        return Read(values, mask, (x, m) => Choose(x, k.to(x.dtype).expand(x.shape[..^1]).contiguous(), m)).MoveToOuterDisposeScope();
    }

    private protected override KernelFactory<T> Kernels<T>()
    {
        var threads = get_num_threads();
        return (sorted, _) => new LapSumOperators<T>(sorted, threads);
    }

    private protected override PermutationEngine Compose(Tensor scores, Tensor temperatures, Tensor? mask) =>
        new RowsEngine(scores, mask, Descending, sorted => new LapSumRows(sorted, temperatures, scores.dtype));

    private Tensor Choose(Tensor values, Tensor k, Tensor? mask)
    {
        var temperatures = TemperaturesOf(values);
        if (!UsesKernels(values)) return ChooseInTensorOperations(values, k, temperatures, mask);
        return values.dtype == float32 ? ChooseInKernels<float>(values, k, temperatures, mask) : ChooseInKernels<double>(values, k, temperatures, mask);
    }

    private Tensor ChooseInTensorOperations(Tensor values, Tensor k, Tensor temperatures, Tensor? mask)
    {
        var sorted = SortedScores.Of(Descending ? values : values.neg(), mask);
        var rows = new LapSumRows(sorted, temperatures, values.dtype);
        var number = k.to(sorted.Values.dtype).unsqueeze(-1);
        var chosen = rows.Choice(number);
        if (sorted.Group is { } group) chosen = where(group.eq(Number(1)), chosen, Edges(group, number).Plus(chosen.mul(Number(0)))).masked_fill(group.eq(Number(3)), Number(0));
        return Gathered.Entries(chosen, sorted.Rank).to(values.dtype);
    }

    /// <summary>What infinite scores get of k by place; NaN where k reaches several of one sign.</summary>
    private static Tensor Edges(Tensor group, Tensor k)
    {
        var part = k.sub(Indices(group.size(-1), k.dtype, k.device)).clamp(Number(0), Number(1)).masked_fill(group.eq(Number(3)), Number(0));
        foreach (var side in (long[])[0, 2])
        {
            var own = group.eq(Number(side));
            var reached = own.logical_and(part.gt(Number(0))).any(-1, keepdim: true).logical_and(own.sum(-1, keepdim: true).gt(Number(1)));
            part = part.masked_fill(reached.logical_and(group.ne(Number(3))), Number(double.NaN));
        }

        return part;
    }

    private Tensor ChooseInKernels<T>(Tensor values, Tensor k, Tensor temperatures, Tensor? mask)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor given = values.detach().contiguous(), perBatch = temperatures.detach().contiguous(), numbers = k.detach().clone();
        var present = mask?.expand(values.shape).contiguous();
        var items = checked((int)values.size(-1));
        var sorted = SortedItems.Of(
            given.Buffer<T>(), present is null ? default : present.Buffer<bool>(), perBatch.Buffer<double>().Span(0, (int)perBatch.numel()),
            items, Descending, get_num_threads());
        var choice = new TopKChoice<T>(sorted, get_num_threads());
        var result = empty(values.shape, values.dtype);
        choice.Forward(numbers.Buffer<T>(), new ItemMatrix<T>(result.Buffer<T>(), items, 1));
        GC.KeepAlive(given);
        GC.KeepAlive(perBatch);
        GC.KeepAlive(present);
        return KernelNode.Attach<T>(result, [choice, sorted], [numbers], (upstream, places, scores, taus) =>
            choice.Backward(numbers.Buffer<T>(), new ItemMatrix<T>(upstream, items, 1), places, new ItemMatrix<T>(scores, items, 1), taus), values, values.shape, k, temperatures);
    }
}
