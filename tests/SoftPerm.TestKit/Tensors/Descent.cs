using static TorchSharp.torch;

namespace SoftPerm.TestKit.Tensors;

/// <summary>Gradient descent by Adam with its usual constants, for tests that learn; its numbers are held.</summary>
public sealed class Descent(double learningRate, params Tensor[] weights)
{
    private readonly (Tensor Mean, Tensor Squares)[] states = [.. weights.Select(w => (zeros_like(w.detach()), zeros_like(w.detach())))];
    private int steps;

    /// <summary>Moves the weights against the gradient of a loss.</summary>
    public void Step(Tensor loss)
    {
        foreach (var each in weights) each.grad = null;
        loss.backward();
        steps++;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (each, (mean, squares)) in weights.Zip(states))
        {
            mean.mul_(Number(0.9)).add_(each.grad!, Number(0.1));
            squares.mul_(Number(0.999)).addcmul_(each.grad!, each.grad!, Number(0.001));
            var size = squares.div(Number(1 - Math.Pow(0.999, steps))).sqrt().Plus(1e-8);
            each.addcdiv_(mean, size, Number(-learningRate / (1 - Math.Pow(0.9, steps))));
        }
    }
}
