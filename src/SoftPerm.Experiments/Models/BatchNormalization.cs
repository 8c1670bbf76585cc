using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Experiments.Models;

/// <summary>Batch normalization of images, with its usual constants and PyTorch's names.</summary>
/// <remarks>TorchSharp's module counts batches with a number that it does not hold while libtorch reads it (docs/decisions/0001).</remarks>
internal sealed class BatchNormalization : Module<Tensor, Tensor>
{
    private readonly Parameter weight, bias;
    private readonly Tensor running_mean, running_var, num_batches_tracked;

    /// <param name="channels">Of the images.</param>
    public BatchNormalization(long channels) : base(nameof(BatchNormalization))
    {
        (weight, bias) = (Parameter(ones(channels)), Parameter(zeros(channels)));
        (running_mean, running_var, num_batches_tracked) = (zeros(channels), ones(channels), tensor(0L));
        // As of libtorch's own layers, the network's lifetime is theirs, not that of the dispose scope that it is built in.
        foreach (var tensor in (Tensor[])[weight, bias, running_mean, running_var, num_batches_tracked]) tensor.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (training) num_batches_tracked.add_(Number(1), Number(1));
        return functional.batch_norm(input, running_mean, running_var, weight, bias, training);
    }
}
