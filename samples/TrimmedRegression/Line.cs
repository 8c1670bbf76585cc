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

        using var optimizer = optim.Adam(line.parameters(), 0.05);
        for (var step = 0; step < 500; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            loss(line.forward(x).sub(y).square().squeeze(-1)).backward();
            optimizer.step();
        }

        return (line.weight!.item<float>(), line.bias!.item<float>());
    }
}
