using System.Runtime.InteropServices;
using SoftPerm.Experiments.Datasets;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Orders;

/// <summary>Training sequences as tensors, made on a background thread.</summary>
internal sealed class SequenceFeed(MultiDigitSequences source, int sequences) : IDisposable
{
    // One tensor for all steps: a step's graph is gone when the next one begins.
    private readonly Tensor images = empty(sequences * source.Items, 1, source.Height, source.Width).DetachFromDisposeScope();
    private SequencePrefetcher? prefetcher;

    /// <summary>The height of an image.</summary>
    public int Height => source.Height;

    /// <summary>The width of an image.</summary>
    public int Width => source.Width;

    /// <summary>Begins to make batches, from the one of this step on.</summary>
    public void Begin(long step)
    {
        prefetcher?.Dispose();
        prefetcher = new SequencePrefetcher(source, sequences, step);
    }

    /// <summary>The next batch: images [sequences·items, 1, H, W], valid until the one after it, and numbers [sequences, items].</summary>
    /// <exception cref="InvalidOperationException"><see cref="Begin"/> was not called.</exception>
    public (Tensor Images, Tensor Numbers) Next()
    {
        var batches = prefetcher ?? throw new InvalidOperationException("Begin first.");
        var batch = batches.Next();
        batch.Pixels.AsSpan().CopyTo(MemoryMarshal.Cast<byte, float>(images.bytes));
        var numbers = tensor(batch.Numbers, [sequences, source.Items], int64);
        batches.Return(batch);
        return (images, numbers);
    }

    public void Dispose()
    {
        prefetcher?.Dispose();
        images.Dispose();
    }
}
