namespace SoftPerm;

/// <summary>Estimates the expectation of a cost over a distribution of permutations, and its gradient.</summary>
/// <remarks>
/// <para>A node of a stochastic computation graph: the permutation is drawn, the cost computed, and <c>backward()</c> on the result
/// reaches both the parameters behind the logits and those inside the cost (Schulman et al. 2015; Grover et al. 2019, Eq. 8 and Figure 3).</para>
/// <para><b>The cost</b> is a function of the permutation, given as an operator with a leading sample axis: its batch shape is
/// [samples, ...]. It returns one number for each sample and batch row, [samples, ...]. If the batch rows share one cost, it leaves
/// out trailing batch axes, down to [samples]. A cost of the hard order reads <see cref="RelaxedPermutation.Order"/> alone. The
/// operator and every tensor made inside the cost are disposed when the estimator returns.</para>
/// </remarks>
public interface IGradientEstimator
{
    /// <summary>Whether the expected gradient is that of the expected cost.</summary>
    bool IsUnbiased { get; }

    /// <summary>Whether the cost must be differentiable in the permutation: if not, any function of the hard order will do.</summary>
    bool NeedsDifferentiableCost { get; }

    /// <summary>The fewest samples it works with.</summary>
    long LeastSamples { get; }

    /// <summary>Draws permutations and estimates the expected cost.</summary>
    /// <param name="distribution">Where permutations come from; its logits may be any node of a graph.</param>
    /// <param name="cost">The cost of permutations, as above.</param>
    /// <param name="samples">How many to draw, at least <see cref="LeastSamples"/>.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <returns>The estimate for each batch row: its value is that of the expected cost, its <c>backward()</c> the estimate of the
    /// gradient. Without batch axes a scalar; else of the cost's shape without the sample axis, to be summed or averaged.</returns>
    /// <exception cref="ArgumentException">The cost does not have the shape above, or is not differentiable where it must be.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer samples than <see cref="LeastSamples"/>.</exception>
    Tensor Surrogate(PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, long samples, Generator generator);
}
