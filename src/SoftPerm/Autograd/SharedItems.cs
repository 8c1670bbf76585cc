using SoftPerm.Kernels.NeuralSort;

namespace SoftPerm.Autograd;

/// <summary>Sorted scores that a permutation and the graph nodes made from it hold together; the last one gives them back.</summary>
internal sealed class SharedItems(SortedItems items)
{
    private int holders = 1;

    /// <summary>The scores.</summary>
    public SortedItems Items { get; } = items;

    /// <summary>Adds a holder.</summary>
    public SharedItems Hold()
    {
        Interlocked.Increment(ref holders);
        return this;
    }

    /// <summary>Takes a holder away.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref holders) == 0) Items.Dispose();
    }
}
