using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Orders;

/// <summary>What a network puts out for a sequence of images, made into a relaxed permutation of them.</summary>
/// <param name="isStochastic">Whether the permutation is drawn in training.</param>
internal abstract class OrderModel(bool isStochastic)
{
    /// <summary>Whether the permutation is drawn in training.</summary>
    public bool IsStochastic => isStochastic;

    /// <summary>Numbers the network puts out for each image of a sequence.</summary>
    public virtual int OutputsPerImage(int items) => 1;

    /// <summary>Whether the same network takes sequences of any length, each image alone.</summary>
    public virtual bool TakesAnyLength => true;

    /// <summary>The layers after the image network, [sequences·items, outputs] to what <see cref="Relax"/> takes; null for none.</summary>
    public virtual nn.Module<Tensor, Tensor>? Head(int items) => null;

    /// <summary>The relaxed permutation of each sequence.</summary>
    /// <param name="outputs">What the network put out, for whole sequences, image after image.</param>
    /// <param name="items">Images of a sequence.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="draws">How a stochastic model draws, or null for its deterministic permutation.</param>
    /// <returns>Batch shape [sequences], or [samples, sequences] where it drew.</returns>
    public abstract RelaxedPermutation Relax(Tensor outputs, int items, double temperature, Draws? draws);

    /// <summary>The order found, without noise: int64 [sequences, items], the item at each place.</summary>
    public virtual Tensor Order(Tensor outputs, int items)
    {
        using var permutation = Relax(outputs, items, 1, null);
        return permutation.Order();
    }
}

/// <summary>How to draw.</summary>
/// <param name="Samples">How often.</param>
/// <param name="Noise">Where from.</param>
internal readonly record struct Draws(int Samples, Generator Noise);
