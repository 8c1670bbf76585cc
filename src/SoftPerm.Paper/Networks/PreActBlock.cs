using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Paper.Networks;

/// <summary>A residual block that normalises and activates before it convolves.</summary>
/// <remarks><b>Definition.</b> With <c>a = relu(bn1(x))</c>: <c>conv2(relu(bn2(conv1(a)))) + x</c>; where the shape changes, a 1×1
/// convolution of a takes the place of the last x.</remarks>
internal sealed class PreActBlock : Module<Tensor, Tensor>
{
    private readonly BatchNormalization bn1, bn2;
    private readonly Conv2d conv1, conv2;
    private readonly Conv2d? shortcut;

    /// <param name="inputs">Channels put in.</param>
    /// <param name="outputs">Channels put out.</param>
    /// <param name="stride">1, or 2 to halve the image.</param>
    public PreActBlock(int inputs, int outputs, int stride) : base(nameof(PreActBlock))
    {
        bn1 = new BatchNormalization(inputs);
        conv1 = Conv2d(inputs, outputs, 3L, stride: (long)stride, padding: 1L, bias: false);
        bn2 = new BatchNormalization(outputs);
        conv2 = Conv2d(outputs, outputs, 3L, padding: 1L, bias: false);
        if (stride != 1 || inputs != outputs) shortcut = Conv2d(inputs, outputs, 1L, stride: (long)stride, bias: false);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var active = functional.relu(bn1.forward(input));
        var bent = conv2.forward(functional.relu(bn2.forward(conv1.forward(active))));
        return bent.Plus(shortcut?.forward(active) ?? input).MoveToOuterDisposeScope();
    }
}

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
