using SoftPerm;
using TorchSharp.Modules;
using static SoftPerm.Held;
using static TorchSharp.torch;

/// <summary>Adam (Kingma and Ba 2015), whose numbers are held while libtorch reads them: docs/torchsharp-and-the-collector.md. Copy it.</summary>
internal sealed class Adam(IEnumerable<Parameter> parameters)
{
    private const double KeptOfMean = 0.9, KeptOfSquares = 0.999;
    private readonly (Parameter Weights, Tensor Mean, Tensor Squares)[] states = [.. parameters.Select(w => (w, zeros_like(w), zeros_like(w)))];
    private int steps;

    /// <summary>Moves the parameters against their gradients, in the current dispose scope.</summary>
    /// <param name="rate">The learning rate of this step.</param>
    public void Step(double rate)
    {
        using var _ = no_grad();
        steps++;
        double ofMean = 1 - Math.Pow(KeptOfMean, steps), ofSquares = 1 - Math.Pow(KeptOfSquares, steps);
        foreach (var (weights, mean, squares) in states)
        {
            mean.mul_(Number(KeptOfMean)).add_(weights.grad!, Number(1 - KeptOfMean));
            squares.mul_(Number(KeptOfSquares)).add_(weights.grad!.Squared(), Number(1 - KeptOfSquares));
            weights.sub_(mean.mul(Number(rate / ofMean)).div(squares.div(Number(ofSquares)).sqrt().Plus(1e-8)));
        }
    }
}
