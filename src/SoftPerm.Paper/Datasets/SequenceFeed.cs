using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Datasets;

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

/// <summary>Makes batches of sequences on a background thread, a few ahead of the one who takes them, in order.</summary>
public sealed class SequencePrefetcher : IDisposable
{
    private readonly MultiDigitSequences source;
    private readonly int sequences;
    private readonly BlockingCollection<SequenceBatch> ready;
    private readonly ConcurrentBag<SequenceBatch> used = [];
    private readonly CancellationTokenSource stop = new();
    private readonly Thread producer;
    private Exception? failure;

    /// <param name="source">The series.</param>
    /// <param name="sequencesPerBatch">Sequences of a batch, at least 1.</param>
    /// <param name="firstIndex">The first batch, at least 0.</param>
    /// <param name="capacity">Batches kept ready, at least 1.</param>
    public SequencePrefetcher(MultiDigitSequences source, int sequencesPerBatch, long firstIndex, int capacity = 4)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequencesPerBatch, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(firstIndex);
        this.source = source;
        sequences = sequencesPerBatch;
        ready = new BlockingCollection<SequenceBatch>(capacity);
        producer = new Thread(() => Produce(firstIndex)) { IsBackground = true, Name = "sequence producer" };
        producer.Start();
    }

    /// <summary>Takes the next batch, waiting for it if need be.</summary>
    /// <exception cref="InvalidOperationException">The producer failed; the cause is the inner exception.</exception>
    public SequenceBatch Next()
    {
        if (ready.TryTake(out var batch, Timeout.Infinite)) return batch;
        throw new InvalidOperationException("Sequences can no longer be made.", failure);
    }

    /// <summary>Gives a batch's arrays back for reuse.</summary>
    public void Return(SequenceBatch batch) => used.Add(batch);

    /// <summary>Stops the producer.</summary>
    public void Dispose()
    {
        if (stop.IsCancellationRequested) return; // disposed already
        stop.Cancel();
        producer.Join();
        ready.Dispose();
        stop.Dispose();
    }

    private void Produce(long index)
    {
        try
        {
            for (; ; index++)
            {
                var batch = used.TryTake(out var returned) ? returned : NewBatch();
                source.Fill(index, sequences, batch.Pixels, batch.Numbers);
                ready.Add(batch with { Index = index }, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // disposed: nobody waits for the batch at hand
        }
        catch (Exception e)
        {
            failure = e;
        }
        finally
        {
            ready.CompleteAdding();
        }
    }

    private SequenceBatch NewBatch()
    {
        var images = sequences * source.Items;
        return new SequenceBatch(0, sequences, new float[images * source.Height * source.Width], new int[images]);
    }
}

/// <summary>A batch of sequences.</summary>
/// <param name="Index">Its number in the series.</param>
/// <param name="Sequences">Sequences in it.</param>
/// <param name="Pixels">The images, values in [0, 1], [sequences·items, 1, height, width].</param>
/// <param name="Numbers">The numbers shown, [sequences·items].</param>
public sealed record SequenceBatch(long Index, int Sequences, float[] Pixels, int[] Numbers);
