namespace SoftPerm;

/// <summary>What a score-function estimator subtracts from costs: it moves no expectation, and may take away much variance.</summary>
public abstract class Baseline
{
    /// <summary>Nothing is subtracted: plain REINFORCE.</summary>
    public static Baseline None { get; } = new NoBaseline();

    /// <summary>From each sample the mean of the others: no state, no parameter, at least two samples.</summary>
    /// <remarks><b>Source.</b> Kool, van Hoof, Welling 2019.</remarks>
    public static Baseline LeaveOneOut { get; } = new LeaveOneOutBaseline();

    /// <summary>The mean cost of earlier calls, older ones counting less.</summary>
    /// <remarks>Holds state: one object for each cost, used by one thread at a time. <b>Source.</b> Williams 1992.</remarks>
    /// <param name="decay">What the past keeps of its weight at each call, in [0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The decay is not in [0, 1).</exception>
    public static Baseline MovingAverage(double decay = 0.9) => new MovingAverageBaseline(decay);

    /// <summary>The fewest samples it works with.</summary>
    public virtual long LeastSamples => 1;

    /// <summary>Costs without the baseline. To keep the gradient unbiased, what is subtracted from a sample must not depend on it.</summary>
    /// <param name="costs">Shape [samples, ...], without a gradient.</param>
    /// <returns>Shape [samples, ...].</returns>
    public abstract Tensor Advantage(Tensor costs);

    private sealed class NoBaseline : Baseline
    {
        public override Tensor Advantage(Tensor costs) => costs;
    }

    private sealed class LeaveOneOutBaseline : Baseline
    {
        public override long LeastSamples => 2;

        // f_i - Σ_{k≠i} f_k / (S-1) = S/(S-1) · (f_i - mean f)
        public override Tensor Advantage(Tensor costs) => costs.sub(costs.mean([0], keepdim: true)).mul(Number((double)costs.size(0) / (costs.size(0) - 1)));
    }

    private sealed class MovingAverageBaseline : Baseline
    {
        private readonly double decay;
        private double sum;
        private double weight;

        public MovingAverageBaseline(double decay)
        {
            if (!(decay >= 0 && decay < 1)) throw new ArgumentOutOfRangeException(nameof(decay), decay, "decay must be in [0, 1).");
            this.decay = decay;
        }

        public override Tensor Advantage(Tensor costs)
        {
            var advantage = costs.sub(Number(weight > 0 ? sum / weight : 0));
            var mean = costs.to(float64).mean().item<double>();
            if (double.IsFinite(mean)) // one diverged step must not spoil all later ones
            {
                sum = (decay * sum) + ((1 - decay) * mean);
                weight = (decay * weight) + (1 - decay);
            }

            return advantage;
        }
    }
}
