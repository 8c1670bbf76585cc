using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

/// <summary>Tests that hold for NeuralSort in kernels and composed of tensor operations alike.</summary>
public abstract class BothWays(bool twiceDifferentiable)
{
    protected NeuralSort Sort(double temperature, bool descending = true) =>
        new(temperature, descending) { TwiceDifferentiable = twiceDifferentiable };

    protected NeuralSort Sort(Tensor temperature, bool descending = true) =>
        new(temperature, descending) { TwiceDifferentiable = twiceDifferentiable };
}
