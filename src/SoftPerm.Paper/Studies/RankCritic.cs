using SoftPerm.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Paper.Studies;

/// <summary>A small network that guesses the cost of an order from the perturbed logits that sort into it; it learns the cost from samples.</summary>
/// <remarks>
/// <para><b>Definition.</b> Soft places <c>r_i = Σ_{j≠i} sigmoid((s_j - s_i) / τ)</c>, scaled to about ±1, then
/// <c>c(s) = u·r + v·tanh(W r + b) + k</c>; all of τ, u, v, W, b, k are learned.</para>
/// <para><b>Cost.</b> O(n²) time and memory. Differentiable twice, as <see cref="RelaxEstimator.SecondMoment"/> asks.</para>
/// </remarks>
/// <param name="LogTemperature">log τ.</param>
/// <param name="Direct">u.</param>
/// <param name="Inner">W.</param>
/// <param name="InnerBias">b.</param>
/// <param name="Outer">v.</param>
/// <param name="Offset">k.</param>
internal sealed record RankCritic(Parameter LogTemperature, Parameter Direct, Parameter Inner, Parameter InnerBias, Parameter Outer, Parameter Offset)
{
    private const int Hidden = 16;

    /// <summary>What is learned.</summary>
    public IReadOnlyList<Parameter> Parameters => [LogTemperature, Direct, Inner, InnerBias, Outer, Offset];

    /// <summary>Draws a critic whose guess is 0 at first; its parameters are in the caller's scope.</summary>
    public static RankCritic Draw(int items, Generator generator)
    {
        Parameter Zeros(long size) => new(zeros(size, float64));
        var inner = new Parameter(randn([items, Hidden], float64, generator: generator).div(Number(Math.Sqrt(items))));
        return new RankCritic(Zeros(1), Zeros(items), inner, Zeros(Hidden), Zeros(Hidden), Zeros(1));
    }

    /// <summary>Guesses costs.</summary>
    /// <param name="perturbed">Perturbed logits, [..., n].</param>
    /// <returns>Shape [...].</returns>
    public Tensor Guess(Tensor perturbed)
    {
        var ahead = perturbed.unsqueeze(-2).sub(perturbed.unsqueeze(-1)).mul(LogTemperature.neg().exp()).sigmoid();
        var items = Direct.size(0);
        var places = ahead.sum([-1]).sub(Number(items / 2.0)).mul(Number(2.0 / items)); // each item counts itself for a half
        var bent = places.matmul(Inner).Plus(InnerBias).tanh();
        return places.mul(Direct).sum([-1]).Plus(bent.mul(Outer).sum([-1])).Plus(Offset);
    }
}

/// <summary>Trains the critic of RELAX on samples of its own, before anything is measured.</summary>
internal static class CriticTraining
{
    private const int SamplesAStep = 192;
    private const double LearningRate = 0.03;

    /// <summary>Minimises the mean squared length of single gradients with Adam, the learning rate falling to 0 along a cosine.</summary>
    /// <param name="problem">What the gradients are of.</param>
    /// <param name="samples">Samples of a call, whose leave-one-out baseline the critic works beside.</param>
    /// <param name="steps">Steps of Adam.</param>
    /// <param name="generator">The source of the critic's first weights and of the samples.</param>
    /// <param name="cancellationToken">Ends the training with an exception.</param>
    /// <returns>The estimator, its critic in the caller's scope.</returns>
    public static RelaxEstimator Train(PlaceProblem problem, long samples, long steps, Generator generator, CancellationToken cancellationToken)
    {
        var critic = RankCritic.Draw(problem.Items, generator);
        var relax = new RelaxEstimator(critic.Guess);
        using var rows = problem.Rows(Rows(samples)).detach();
        using var optimizer = Optimizer.Adam(critic.Parameters.Index().Select(p => ($"{p.Index}", p.Item)));
        for (var step = 0L; step < steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var loss = relax.SecondMoment(new PlackettLuce(rows), problem.Cost, samples, generator);
            optimizer.Descend(loss, LearningRate * (1 + Math.Cos(Math.PI * step / steps)) / 2);
        }

        return relax;
    }

    /// <summary>How often the cost is evaluated in a training.</summary>
    public static long Evaluations(long samples, long steps) => Rows(samples) * samples * steps;

    private static long Rows(long samples) => Math.Max(1, SamplesAStep / samples);
}
