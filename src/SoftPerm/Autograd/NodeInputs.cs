namespace SoftPerm.Autograd;

/// <summary>What a node must know of its inputs when gradients arrive; by then they may be disposed. Reused, to allocate nothing.</summary>
internal sealed unsafe class NodeInputs
{
    private long[][] shapes = [];
    private bool[] needed = [];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Which of them want a gradient.</summary>
    public ReadOnlySpan<bool> Needed => needed.AsSpan(0, Count);

    /// <summary>Notes these inputs in place of the former.</summary>
    public void Note(NativeTensors inputs)
    {
        Count = (int)inputs.Count;
        if (needed.Length < Count)
        {
            needed = new bool[Count];
            shapes = [.. Enumerable.Repeat(Array.Empty<long>(), Count)];
        }

        for (var i = 0; i < Count; i++)
        {
            var input = inputs.Handles[i];
            needed[i] = NativeNode.RequiresGradient(input) != 0;
            var axes = (int)NativeNode.Axes(input);
            if (shapes[i].Length != axes) shapes[i] = new long[axes];
            for (var axis = 0; axis < axes; axis++) shapes[i][axis] = NativeNode.Length(input, axis);
        }
    }

    /// <summary>Removes gradients that nobody needs and checks the others: here an error is an exception, in the engine it may not be.</summary>
    /// <exception cref="InvalidOperationException">A gradient is not of its input's shape.</exception>
    public void Check(Tensor?[] gradients)
    {
        for (var i = 0; i < Count; i++)
        {
            if (!needed[i]) gradients[i] = null;
            else if (gradients[i] is { } gradient && !Fits(gradient, shapes[i])) throw new InvalidOperationException(
                $"The gradient of input {i} has shape [{string.Join(", ", gradient.shape)}], the input [{string.Join(", ", shapes[i])}].");
        }
    }

    /// <summary>Gradients of NaN.</summary>
    public Tensor?[] NotANumber()
    {
        var gradients = new Tensor?[Count];
        for (var i = 0; i < Count; i++) gradients[i] = needed[i] ? tensor(float.NaN).expand(shapes[i]) : null;
        return gradients;
    }

    private static bool Fits(Tensor gradient, long[] shape)
    {
        var fits = NativeNode.Axes(gradient.Handle) == shape.Length;
        for (var axis = 0; fits && axis < shape.Length; axis++) fits = NativeNode.Length(gradient.Handle, axis) == shape[axis];
        GC.KeepAlive(gradient);
        return fits;
    }
}
