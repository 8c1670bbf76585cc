namespace SoftPerm.Autograd;

/// <summary>What a permutation and the graph nodes made from it hold together; the last one disposes it.</summary>
internal sealed class Shared<T>(T value) : IDisposable
    where T : IDisposable
{
    private int holders = 1;

    /// <summary>What is held.</summary>
    public T Value { get; } = value;

    /// <summary>Adds a holder, which disposes this object once.</summary>
    public Shared<T> Hold()
    {
        Interlocked.Increment(ref holders);
        return this;
    }

    /// <summary>Takes a holder away.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref holders) == 0) Value.Dispose();
    }
}
