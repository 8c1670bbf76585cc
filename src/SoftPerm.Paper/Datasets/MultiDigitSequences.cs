using SoftPerm.Training;

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
