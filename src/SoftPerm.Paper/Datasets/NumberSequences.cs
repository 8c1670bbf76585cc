using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using SoftPerm.Training;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Datasets;

/// <summary>An endless series of sequences of number images, each number several digits side by side (the paper's task 1).</summary>
/// <remarks>
/// Every digit image is drawn uniformly from the set, so numbers are about uniform. Sequence r is a pure function of the seed
/// and r: a resumed run needs no state, and any number of threads may fill at once.
/// </remarks>
public sealed class MultiDigitSequences
{
    private static readonly float[] Brightness = [.. Enumerable.Range(0, 256).Select(v => v / 255f)];
    private readonly ImageSet digits;
    private readonly int digitsPerNumber;
    private readonly ulong seed;

    /// <param name="digits">Grey images of digits, labelled 0 to 9.</param>
    /// <param name="digitsPerNumber">Digits side by side in one image, 1 to 9.</param>
    /// <param name="items">Images of a sequence, at least 1.</param>
    /// <param name="seed">Names the series.</param>
    /// <exception cref="ArgumentException">The images are not grey, there are none, or a label is above 9.</exception>
    public MultiDigitSequences(ImageSet digits, int digitsPerNumber, int items, ulong seed)
    {
        if (digits.Channels != 1 || digits.Count == 0)
            throw new ArgumentException($"Digits must be grey images, at least one; these are {digits.Count} of {digits.Channels} channels.", nameof(digits));
        ArgumentOutOfRangeException.ThrowIfLessThan(items, 1);
        if (digits.Labels.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)9))
            throw new ArgumentException($"Digits must be labelled 0 to 9; these have the label {digits.Labels.Max()}.", nameof(digits));
        if (digitsPerNumber is < 1 or > 9) throw new ArgumentOutOfRangeException(nameof(digitsPerNumber), digitsPerNumber, "A number has 1 to 9 digits.");
        (this.digits, this.digitsPerNumber, this.seed) = (digits, digitsPerNumber, seed);
        Items = items;
    }

    /// <summary>Images of a sequence.</summary>
    public int Items { get; }

    /// <summary>The height of an image.</summary>
    public int Height => digits.Height;

    /// <summary>The width of an image: all its digits.</summary>
    public int Width => digits.Width * digitsPerNumber;

    /// <summary>Fills a batch: sequences index·sequences to (index + 1)·sequences - 1 of the series.</summary>
    /// <param name="index">The number of the batch, at least 0.</param>
    /// <param name="sequences">Sequences of the batch.</param>
    /// <param name="pixels">Receives the images, values in [0, 1], [sequences·items, 1, height, width].</param>
    /// <param name="numbers">Receives the numbers shown, most significant digit first, [sequences·items].</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public void Fill(long index, int sequences, Span<float> pixels, Span<int> numbers)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfNegative(sequences);
        var image = Height * Width;
        if (numbers.Length != (long)sequences * Items || pixels.Length != (long)numbers.Length * image)
            throw new ArgumentException($"{sequences} sequences take {(long)sequences * Items} numbers and {(long)sequences * Items * image} pixels, not {numbers.Length} and {pixels.Length}.");
        for (var r = 0; r < sequences; r++)
        {
            var random = new SplitMix64(seed, (ulong)(index * sequences + r));
            for (var item = r * Items; item < (r + 1) * Items; item++)
                numbers[item] = FillNumber(ref random, pixels.Slice(item * image, image));
        }
    }

    private int FillNumber(ref SplitMix64 random, Span<float> image)
    {
        var number = 0;
        for (var d = 0; d < digitsPerNumber; d++)
        {
            var chosen = random.Below(digits.Count);
            var source = digits.Image(chosen);
            for (var row = 0; row < Height; row++)
            {
                var from = source.Slice(row * digits.Width, digits.Width);
                var to = image.Slice(row * Width + d * digits.Width, digits.Width);
                for (var column = 0; column < from.Length; column++) to[column] = Brightness[from[column]];
            }

            number = 10 * number + digits.Labels[chosen];
        }

        return number;
    }
}

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
