using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Experiments.Models;

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
