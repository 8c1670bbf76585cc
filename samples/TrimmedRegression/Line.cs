using static SoftPerm.Held;
using static TorchSharp.torch;

namespace SoftPerm.Samples.TrimmedRegression;

/// <summary>A line, fitted by gradient descent.</summary>
public static class Line
{
    /// <summary>Fits a line to points under a loss of their squared errors.</summary>
    /// <param name="x">Where, [n, 1].</param>
    /// <param name="y">What, [n, 1].</param>
    /// <param name="loss">What errors [n] cost.</param>
    public static (double Slope, double Offset) Fit(Tensor x, Tensor y, Func<Tensor, Tensor> loss)
    {
        using var line = nn.Linear(1, 1);
        using (no_grad())
        {
            line.weight!.zero_();
            line.bias!.zero_();
        }

        for (var step = 0; step < 500; step++)
        {
            using var scope = NewDisposeScope();
            line.zero_grad();
            loss(line.forward(x).sub(y).Squared().squeeze(-1)).backward();
            using var _ = no_grad();
            foreach (var weights in line.parameters()) weights.sub_(weights.grad!.mul(Number(0.1)));
        }

        return (line.weight!.item<float>(), line.bias!.item<float>());
    }
}
