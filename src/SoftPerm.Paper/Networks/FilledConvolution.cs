using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Paper.Networks;

/// <summary>A convolution of images, without padding, whose channels are filled up with zeros to multiples of 16 while it is computed.</summary>
/// <remarks>
/// <para>libtorch 2.10.0 (oneDNN 3.7.1) lays channels out in blocks of 8 or 16 and leaves the rest of the last block as it found the memory: where that held NaN,
/// float32 results of 20 channels are NaN, and so are gradients in the input of 50 (findings/conv2d-unwritten-padding.sh). What is filled here
/// is written. Weights have PyTorch's names, shapes and defaults.</para>
/// <para>Until a libtorch whose conv2d does not read what nobody wrote: then <c>Conv2d</c> takes its place.</para>
/// </remarks>
internal sealed class FilledConvolution : Module<Tensor, Tensor>
{
    private const long Block = 16;
    private readonly Parameter weight, bias;

    /// <param name="inputs">The channels of images.</param>
    /// <param name="outputs">The channels of results.</param>
    /// <param name="size">The side of the kernel.</param>
    public FilledConvolution(long inputs, long outputs, long size) : base(nameof(FilledConvolution))
    {
        (weight, bias) = (Parameter(zeros(outputs, inputs, size, size)), Parameter(zeros(outputs)));
        // As of libtorch's own layers, the network's lifetime is theirs, not that of the dispose scope that it is built in.
        weight.DetachFromDisposeScope();
        bias.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        long outputs = weight.size(0), missing = Missing(weight.size(1)), missingOutputs = Missing(outputs);
        var filled = functional.pad(input, [0, 0, 0, 0, 0, missing]);
        var filledWeight = functional.pad(weight, [0, 0, 0, 0, 0, missing, 0, missingOutputs]);
        return functional.conv2d(filled, filledWeight, functional.pad(bias, [0, missingOutputs])).narrow(1, 0, outputs);
    }

    /// <summary>How many channels the last block lacks.</summary>
    private static long Missing(long channels) => (Block - channels % Block) % Block;
}
