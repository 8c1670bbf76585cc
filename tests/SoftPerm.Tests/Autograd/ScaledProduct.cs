using SoftPerm.Autograd;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Tests.Autograd;

/// <summary>y = scale · a · b, with what the tests need to see of it.</summary>
internal sealed class ScaledProduct(Tensor a, Tensor b, double scale) : FusedBackward
{
    private readonly Tensor a = a.detach().DetachFromDisposeScope();
    private readonly Tensor b = b.detach().DetachFromDisposeScope();
    private int released;

    /// <summary>How often the state was released.</summary>
    public int Released => released;

    /// <summary>The inputs for which the last backward was asked.</summary>
    public bool[] Needed { get; private set; } = [];

    /// <summary>Runs first in each backward.</summary>
    public Action Before { get; init; } = () => { };

    /// <summary>Changes the first gradient.</summary>
    public Func<Tensor, Tensor?> Bend { get; init; } = gradient => gradient;

    public static Tensor Apply(Tensor a, Tensor b, double scale = 3) => Through(new ScaledProduct(a, b, scale), a, b);

    public static Tensor Through(ScaledProduct backward, Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        Tensor output;
        using (no_grad()) output = a.mul(b).mul(Number(backward.Scale));
        return FusedNode.Attach(output, backward, a, b).MoveToOuterDisposeScope();
    }

    private double Scale => scale;

    protected internal override void Backward(Tensor upstream, ReadOnlySpan<bool> needed, Span<Tensor?> gradients)
    {
        Needed = needed.ToArray();
        Before();
        if (needed[0]) gradients[0] = Bend(upstream.mul(b).mul(Number(scale)));
        if (needed[1]) gradients[1] = upstream.mul(a).mul(Number(scale));
    }

    protected internal override void Release()
    {
        Interlocked.Increment(ref released);
        a.Dispose();
        b.Dispose();
    }
}
