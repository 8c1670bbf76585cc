using static TorchSharp.torch;

namespace SoftPerm.Benchmarks.Ratios;

/// <summary>One way to do what a case asks for.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Forward">From scores [batch, n] to a result of that shape, or to a single number.</param>
/// <param name="Backward">Whether a step goes back to the scores as well.</param>
internal sealed record Method(string Name, Func<Tensor, Tensor> Forward, bool Backward = true)
{
    /// <summary>Does it once and leaves nothing behind: this is what is timed.</summary>
    public void Step(Inputs inputs)
    {
        using var scope = NewDisposeScope();
        if (Backward) _ = Gradient(inputs);
        else _ = Forward(inputs.Scores);
    }

    /// <summary>The gradient in the scores, [batch, n].</summary>
    public Tensor Gradient(Inputs inputs)
    {
        var scores = inputs.Scores.detach().requires_grad_(true);
        var result = Forward(scores);
        if (result.dim() == 0) result.backward();
        else result.backward([inputs.Upstream]);
        return scores.grad ?? throw new InvalidOperationException($"{Name} sends no gradient back to the scores.");
    }
}
