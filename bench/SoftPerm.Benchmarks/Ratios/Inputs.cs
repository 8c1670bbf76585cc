using static TorchSharp.torch;

namespace SoftPerm.Benchmarks.Ratios;

/// <summary>What every method of a case is given: the same normal scores, and the same gradient of the result to send back.</summary>
internal sealed class Inputs : IDisposable
{
    private const ulong Seed = 20190506; // ICLR 2019

    /// <summary>Draws [batch, items] of float32.</summary>
    public Inputs(long batch, long items)
    {
        using var generator = new Generator(Seed);
        Scores = randn(batch, items, generator: generator).DetachFromDisposeScope();
        Upstream = randn(batch, items, generator: generator).DetachFromDisposeScope();
    }

    /// <summary>s.</summary>
    public Tensor Scores { get; }

    /// <summary>The gradient of a loss in the result; random, so that no part of it is zero or cancels.</summary>
    public Tensor Upstream { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Scores.Dispose();
        Upstream.Dispose();
    }
}
