using System.Runtime.InteropServices;
using SoftPerm.Experiments.Datasets;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks;

/// <summary>Runs a network over sequences it never trained on, sorting hard.</summary>
internal static class SortEvaluation
{
    // No more than a training step has, so that a validation does not raise the run's memory.
    private const int ImagesAtOnce = 100;

    /// <summary>The seed of validation sequences, the same for every run.</summary>
    public const ulong ValidationSeed = 0x5EED_0001;

    /// <summary>The seed of test sequences, the same for every run.</summary>
    public const ulong TestSeed = 0x5EED_0002;

    /// <summary>Measures the network on the first sequences of a source.</summary>
    public static SortFigures Evaluate(
        nn.Module<Tensor, Tensor> network, SortMethod method, MultiDigitSequences source, int sequences, double temperature, CancellationToken stop = default)
    {
        using var noGradient = no_grad();
        var parts = new List<(SortFigures Figures, int Count)>();
        foreach (var (first, count) in Batches(sequences, source.Items))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (images, numbers) = Sequences(source, first, count);
            parts.Add((Measure(Outputs(network, images), method, numbers, temperature), count));
        }

        double? Mean(Func<SortFigures, double?> value) => parts.Sum(p => p.Count * value(p.Figures)) is { } sum && value(parts[0].Figures) is not null ? sum / sequences : null;
        return new SortFigures(Mean(f => f.Loss)!.Value, Mean(f => f.RankAccuracy)!.Value, Mean(f => f.PermutationAccuracy)!.Value, Mean(f => f.ProjectionError));
    }

    /// <summary>What the network puts out for whole sequences, a bounded number of images at once where it takes each alone.</summary>
    internal static Tensor Outputs(nn.Module<Tensor, Tensor> network, Tensor images) =>
        cat([.. images.split(ImagesAtOnce).Select(part =>
        {
            using var scope = NewDisposeScope();
            return network.forward(part).MoveToOuterDisposeScope();
        })]);

    /// <summary>Ranges of sequences that a network takes at once.</summary>
    internal static IEnumerable<(int First, int Count)> Batches(int sequences, int items)
    {
        var atOnce = Math.Clamp(ImagesAtOnce / items, 1, sequences);
        for (var first = 0; first < sequences; first += atOnce) yield return (first, Math.Min(atOnce, sequences - first));
    }

    /// <summary>Consecutive sequences of a source as tensors: images [count·items, 1, H, W] and numbers [count, items].</summary>
    internal static (Tensor Images, Tensor Numbers) Sequences(MultiDigitSequences source, int first, int count)
    {
        var images = empty(count * source.Items, 1, source.Height, source.Width);
        var numbers = new int[count * source.Items];
        var pixels = MemoryMarshal.Cast<byte, float>(images.bytes);
        var each = pixels.Length / count;
        for (var k = 0; k < count; k++)
            source.Fill(first + k, 1, pixels.Slice(k * each, each), numbers.AsSpan(k * source.Items, source.Items));
        return (images, tensor(numbers, [count, source.Items], int64));
    }

    private static SortFigures Measure(Tensor outputs, SortMethod method, Tensor numbers, double temperature)
    {
        var (sorted, order) = SortAccuracy.True(numbers);
        var found = method.Model.Order(outputs, (int)numbers.size(-1));
        var (ranks, permutations) = SortAccuracy.Measure(found, numbers, sorted);
        return new SortFigures(method.HardLoss(outputs, order, temperature).item<float>(), ranks, permutations, method.ProjectionError(outputs, found, temperature));
    }
}
