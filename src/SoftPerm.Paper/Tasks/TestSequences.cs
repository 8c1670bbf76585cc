using System.Runtime.InteropServices;
using SoftPerm.Paper.Datasets;
using SoftPerm.Training;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tasks;

/// <summary>The sequences of validation and test, the same for every run, a bounded number of images at once.</summary>
internal static class TestSequences
{
    // No more than a training step has, so that a validation does not raise the run's memory.
    private const int ImagesAtOnce = 100;

    /// <summary>The seed of validation sequences, the same for every run.</summary>
    public const ulong ValidationSeed = 0x5EED_0001;

    /// <summary>The seed of test sequences, the same for every run.</summary>
    public const ulong TestSeed = 0x5EED_0002;

    /// <summary>What the network puts out for whole sequences, a bounded number of images at once where it takes each alone.</summary>
    public static Tensor Outputs(nn.Module<Tensor, Tensor> network, Tensor images) =>
        cat([.. images.split(ImagesAtOnce).Select(part =>
        {
            using var scope = NewDisposeScope();
            return network.Compute(part).MoveToOuterDisposeScope();
        })]);

    /// <summary>Ranges of sequences that a network takes at once.</summary>
    public static IEnumerable<(int First, int Count)> Batches(int sequences, int items)
    {
        var atOnce = Math.Clamp(ImagesAtOnce / items, 1, sequences);
        for (var first = 0; first < sequences; first += atOnce) yield return (first, Math.Min(atOnce, sequences - first));
    }

    /// <summary>Consecutive sequences of a source as tensors: images [count·items, 1, H, W] and numbers [count, items].</summary>
    public static (Tensor Images, Tensor Numbers) Read(MultiDigitSequences source, int first, int count)
    {
        var images = empty(count * source.Items, 1, source.Height, source.Width);
        var numbers = new int[count * source.Items];
        var pixels = MemoryMarshal.Cast<byte, float>(images.bytes);
        var each = pixels.Length / count;
        for (var k = 0; k < count; k++)
            source.Fill(first + k, 1, pixels.Slice(k * each, each), numbers.AsSpan(k * source.Items, source.Items));
        return (images, tensor(numbers, [count, source.Items], int64));
    }
}
