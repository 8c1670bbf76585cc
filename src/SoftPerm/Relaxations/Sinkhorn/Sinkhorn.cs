using SoftPerm.Relaxations;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>The Sinkhorn operator: relaxes the permutation of largest total logit to a doubly stochastic matrix.</summary>
/// <remarks>
/// <para><b>Definition.</b> <c>L = X / τ</c>, then k times, rows before columns:
/// <c>L[i,j] -= log Σ_m exp L[i,m]</c>, <c>L[i,j] -= log Σ_m exp L[m,j]</c>; and P = exp L.</para>
/// <para><b>Properties.</b> Columns sum to 1, and rows too in the limit of k. The permutation of largest total log-probability is that
/// of largest total logit, at every temperature and k. At the limit of k, P(X + a + bᵀ) = P(X) for vectors a and b, and τ → 0 gives
/// that permutation, if it is the only one, τ → ∞ the uniform matrix.</para>
/// <para><b>Gradient.</b> In the logits, through all iterations; derivatives of any order.</para>
/// <para><b>Numerics.</b> Sums run in log space: logits may be thousands apart. -∞ forbids a pair, and its gradient is 0. Each iteration
/// brings rows closer to 1 by some factor, which is the nearer to 1 the lower the temperature: where entries must all but vanish, rows
/// are off by about 1 / k for long.</para>
/// <para><b>Cost.</b> O(k n²) time and, if a gradient is wanted, as much memory; O(n²) otherwise.</para>
/// <para><b>Source.</b> Sinkhorn and Knopp 1967; Mena et al. 2018, Theorem 1 for the limit of low temperature.</para>
/// </remarks>
public sealed class Sinkhorn
{
    private readonly double temperature;

    /// <summary>The Sinkhorn operator at a fixed temperature.</summary>
    /// <param name="temperature">τ, positive and finite, in units of the logits.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public Sinkhorn(double temperature)
    {
        Check.Temperature(temperature, nameof(temperature));
        this.temperature = temperature;
    }

    /// <summary>The number of iterations, rows and columns, or with a <see cref="Tolerance"/> the most there may be; 20 as in Mena et al.
    /// unless given.</summary>
    /// <remarks>Enough for logits that differ by a few temperatures; see <see cref="SinkhornResult.Residual"/>.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1.</exception>
    public int MaximalIterations
    {
        get;
        init
        {
            if (value < 1) throw new ArgumentOutOfRangeException(nameof(value), value, "MaximalIterations must be at least 1.");
            field = value;
        }
    } = 20;

    /// <summary>How far the sum of a row may be from 1 when iterations end early; null for exactly <see cref="MaximalIterations"/>.</summary>
    /// <remarks>A batch ends when all of its matrices are that close.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The tolerance is not positive and finite.</exception>
    public double? Tolerance
    {
        get;
        init
        {
            if (value is { } given && !(given > 0 && double.IsFinite(given)))
                throw new ArgumentOutOfRangeException(nameof(value), given, "Tolerance must be positive and finite.");
            field = value;
        }
    }

    /// <summary>Normalizes logits to a doubly stochastic matrix.</summary>
    /// <param name="logits">X, shape [..., n, n] with n ≥ 1, float32 or float64, finite or -∞; row i for place i, column j for item j.
    /// Some permutation must hold no -∞. It need not stay alive.</param>
    /// <returns>The relaxed permutation and how near it came. It holds tensors of its own: dispose it, or let the dispose scope do so.</returns>
    /// <exception cref="ArgumentException">The logits are not square matrices, have another element type, hold NaN or +∞, exceed a
    /// sixteenth of the type's range when divided by the temperature, or forbid every permutation.</exception>
    public SinkhornResult Normalize(Tensor logits)
    {
        Check.Matrices(logits, nameof(logits));
        Matching.CheckExists(logits, nameof(logits));
        return NormalizeChecked(logits);
    }

    /// <summary>Normalizes logits that are known to be neither NaN nor +∞ and to allow a permutation.</summary>
    internal SinkhornResult NormalizeChecked(Tensor logits)
    {
        using var scope = new CallScope(this, logits);
        var log = Divided(logits);
        var accepted = Tolerance ?? Math.Sqrt(log.dtype == float32 ? float.BitIncrement(1) - 1 : double.BitIncrement(1) - 1);
        for (var iterations = 1; ; iterations++)
        {
            log = Iterated(log);
            var isLast = iterations == MaximalIterations;
            if (Tolerance is null && !isLast) continue;
            var residual = Residual(log);
            var converged = residual.le(Number(accepted)).all().item<bool>();
            if (converged || isLast) return new SinkhornResult(new RelaxedPermutation(new DenseEngine(log), log.dtype), iterations, residual, converged).MoveToOuterDisposeScope();
            residual.Dispose();
        }
    }

    private Tensor Divided(Tensor logits)
    {
        var log = logits.div(Number(temperature));
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var limit = (log.dtype == float32 ? float.MaxValue : double.MaxValue) / 16; // so that differences stay finite too
        var wrong = log.abs().le(Number(limit)).logical_not().logical_and(logits.isfinite());
        if (!wrong.any().item<bool>()) return log;
        var first = logits.masked_select(wrong)[0].to(float64).item<double>();
        throw new ArgumentException($"logits divided by the temperature must be within ±{limit:G2}; one is {first} / {temperature}.", nameof(logits));
    }

    // The graph, if there is one, keeps what it needs; the rest can go.
    private static Tensor Iterated(Tensor log)
    {
        using var rows = log.log_softmax(-1);
        log.Dispose();
        return rows.log_softmax(-2);
    }

    /// <summary>How far the sum of any row is from 1, [...].</summary>
    private static Tensor Residual(Tensor log)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return log.logsumexp(-1).expm1().abs().amax([-1]).MoveToOuterDisposeScope();
    }
}
