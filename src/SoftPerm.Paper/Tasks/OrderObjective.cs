using SoftPerm.Paper.Networks;
using SoftPerm.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SoftPerm.Paper.Tasks;

/// <summary>What a network's outputs for a sequence of images mean as an order, and the loss by which they learn it.</summary>
/// <param name="isStochastic">Whether training draws samples.</param>
internal abstract class OrderObjective(bool isStochastic)
{
    /// <summary>Whether training draws samples.</summary>
    public bool IsStochastic => isStochastic;

    /// <summary>Whether the temperature has an effect.</summary>
    public virtual bool HasTemperature => true;

    /// <summary>Whether the loss is of a relaxed permutation, the one of <see cref="Relax"/>.</summary>
    public virtual bool IsRelaxed => true;

    /// <summary>The fewest samples a step.</summary>
    public virtual long LeastSamples => 1;

    /// <summary>Whether the same network takes sequences of any length, each image alone, and scores it.</summary>
    public virtual bool TakesAnyLength => true;

    /// <summary>Numbers the network puts out for each image of a sequence.</summary>
    public virtual int OutputsPerImage(int items) => 1;

    /// <summary>The layers after the image network, [sequences·items, outputs] to what <see cref="Relax"/> takes; null for none.</summary>
    public virtual Module<Tensor, Tensor>? Head(int items) => null;

    /// <summary>The relaxed permutation of each sequence.</summary>
    /// <param name="outputs">What the network put out, for whole sequences, image after image.</param>
    /// <param name="items">Images of a sequence.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="draws">How a stochastic objective draws, or null for its deterministic permutation.</param>
    /// <returns>Batch shape [sequences], or [samples, sequences] where it drew.</returns>
    public abstract RelaxedPermutation Relax(Tensor outputs, int items, double temperature, Draws? draws);

    /// <summary>The order found, without noise: int64 [sequences, items], the item at each place.</summary>
    public virtual Tensor Order(Tensor outputs, int items)
    {
        using var permutation = Relax(outputs, items, 1, null);
        return permutation.Order();
    }

    /// <summary>The loss, a scalar: the cross-entropy of the relaxed permutation's rows to the true order, unless an objective has its own.</summary>
    /// <param name="outputs">As for <see cref="Relax"/>.</param>
    /// <param name="trueOrder">int64 [sequences, items].</param>
    /// <param name="temperature">τ.</param>
    /// <param name="draws">How a stochastic objective draws; null for the loss without noise, of outputs that are sorted hard.</param>
    public virtual Tensor Loss(Tensor outputs, Tensor trueOrder, double temperature, Draws? draws)
    {
        using var permutation = Relax(outputs, (int)trueOrder.size(-1), temperature, draws);
        return permutation.CrossEntropy(trueOrder).mean();
    }

    /// <summary>Draws a network from images [sequences·items, 1, height, width] to what <see cref="Relax"/> takes: the images' network, then the head, if there is one.</summary>
    public Module<Tensor, Tensor> CreateNetwork(string name, int height, int width, int items, Generator generator)
    {
        var images = NumberNetworks.Create(name, height, width, OutputsPerImage(items), generator);
        if (Head(items) is not { } head) return images;
        WeightDraw.He(head, generator);
        return Sequential(("images", images), ("head", head));
    }
}

/// <summary>How to draw.</summary>
/// <param name="Samples">How often.</param>
/// <param name="Noise">Where from.</param>
internal readonly record struct Draws(int Samples, Generator Noise);
