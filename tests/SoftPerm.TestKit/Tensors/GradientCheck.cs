using static TorchSharp.torch;

namespace SoftPerm.TestKit.Tensors;

/// <summary>Compares the gradients of <c>backward()</c> with finite differences in float64.</summary>
/// <remarks>
/// Five-point central differences: with step h the error is about h⁴·|f⁗′|/30 of truncation and 1e-16·|f|/h of rounding.
/// The default h = 1e-4 leaves 1e-12 where f and its derivatives are of order 1. A function of many outputs is checked through
/// one fixed mixture of them, in which no two outputs weigh the same.
/// </remarks>
public static class GradientCheck
{
    private const double DefaultStep = 1e-4;

    // A gradient below this, in a loss of order 1, is compared as if it were this large: the differences' own rounding ends here.
    private const double SmallestGradient = 1e-4;

    /// <summary>Finds the largest error of any gradient, relative to the largest element of that input's gradient.</summary>
    /// <param name="function">A function of tensors, differentiable near the inputs. It must be pure: it is called often.</param>
    /// <param name="inputs">Where to differentiate, float64, on the CPU; every one of them is checked.</param>
    /// <returns>The error: NaN when the function, a gradient or a difference is NaN. Compare with <c>!(error &lt;= tolerance)</c>.</returns>
    /// <exception cref="ArgumentException">There is no input, or one is not float64.</exception>
    public static double LargestError(Func<Tensor[], Tensor> function, params Tensor[] inputs) =>
        LargestError(function, DefaultStep, inputs);

    /// <summary>As above, with a step of one's own, for functions that bend faster or slower.</summary>
    public static double LargestError(Func<Tensor[], Tensor> function, double step, params Tensor[] inputs)
    {
        if (inputs.Length == 0) throw new ArgumentException("There is no input to differentiate by.", nameof(inputs));
        if (inputs.FirstOrDefault(t => t.dtype != ScalarType.Float64) is { } other)
            throw new ArgumentException($"An input is {other.dtype}; finite differences need Float64.", nameof(inputs));
        using var scope = NewDisposeScope();
        var gradients = Backward(function, inputs);
        double largest = 0;
        for (var k = 0; k < inputs.Length; k++)
            largest = Math.Max(largest, Error(Differences(function, inputs, k, step), gradients[k])); // Max passes NaN on
        return largest;
    }

    /// <summary>Asserts that <see cref="LargestError(Func{Tensor[], Tensor}, Tensor[])"/> is within a tolerance.</summary>
    /// <exception cref="MismatchException">The error is larger, or NaN.</exception>
    public static void Check(Func<Tensor[], Tensor> function, double tolerance, params Tensor[] inputs)
    {
        var error = LargestError(function, inputs);
        if (!(error <= tolerance)) throw new MismatchException($"A gradient is off by {error:E2} of its size; {tolerance:E2} is allowed.");
    }

    private static double[][] Backward(Func<Tensor[], Tensor> function, Tensor[] inputs)
    {
        var leaves = inputs.Select(t => t.detach().clone().requires_grad_(true)).ToArray();
        Mixture(function(leaves)).backward();
        // No gradient at all means that the input was left out of the graph: 0, which the differences confirm or refute.
        return [.. leaves.Select(t => t.grad is { } gradient ? TensorCompare.Numbers(gradient) : new double[t.numel()])];
    }

    private static double[] Differences(Func<Tensor[], Tensor> function, Tensor[] inputs, int which, double step)
    {
        using var withoutGradients = no_grad();
        var numbers = TensorCompare.Numbers(inputs[which]);
        var differences = new double[numbers.Length];
        for (var k = 0; k < numbers.Length; k++)
        {
            differences[k] = (8 * (At(k, step) - At(k, -step)) - (At(k, 2 * step) - At(k, -2 * step))) / (12 * step);
        }

        return differences;

        double At(int k, double move)
        {
            using var scope = NewDisposeScope();
            var moved = numbers.ToArray();
            moved[k] += move;
            return Mixture(function([.. inputs.Select((t, i) => i == which ? tensor(moved, t.shape) : t)])).item<double>();
        }
    }

    private static Tensor Mixture(Tensor output) =>
        (output * Indices(output.numel(), ScalarType.Float64).cos().reshape(output.shape)).sum();

    private static double Error(double[] differences, double[] gradient)
    {
        double error = 0, size = SmallestGradient;
        for (var k = 0; k < gradient.Length; k++)
        {
            error = Math.Max(error, Math.Abs(differences[k] - gradient[k]));
            size = Math.Max(size, Math.Max(Math.Abs(differences[k]), Math.Abs(gradient[k])));
        }

        return error / size;
    }
}
