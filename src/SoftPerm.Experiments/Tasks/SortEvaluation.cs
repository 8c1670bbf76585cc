using System.Runtime.InteropServices;
using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Training;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks;

/// <summary>Runs a network over sequences it never trained on, sorting hard.</summary>
public static class SortEvaluation
{
    // No more than a training step has, so that a validation does not raise the run's memory.
    private const int ImagesAtOnce = 100;

    /// <summary>The seed of validation sequences, the same for every run.</summary>
    public const ulong ValidationSeed = 0x5EED_0001;

    /// <summary>The seed of test sequences, the same for every run.</summary>
    public const ulong TestSeed = 0x5EED_0002;

    /// <summary>Measures the network on the first sequences of a source; the loss is the cross-entropy at the temperature given.</summary>
    public static StepOutcome Evaluate(
        nn.Module<Tensor, Tensor> network, MultiDigitSequences source, int sequences, double temperature, CancellationToken stop = default)
    {
        using var noGradient = no_grad();
        var atOnce = Math.Clamp(ImagesAtOnce / source.Items, 1, sequences);
        var relaxation = new NeuralSort(temperature);
        double loss = 0, rank = 0, whole = 0;
        for (var done = 0; done < sequences; done += atOnce)
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var count = Math.Min(atOnce, sequences - done);
            var (images, numbers) = Sequences(source, done, count);
            var scores = Scores(network, images).reshape(count, source.Items);
            var (sorted, order) = SortAccuracy.True(numbers);
            using var permutation = relaxation.Relax(scores);
            var outcome = SortAccuracy.Measure(permutation.CrossEntropy(order).mean().item<float>(), scores, numbers, sorted);
            loss += outcome.Loss * count;
            rank += outcome.RankAccuracy * count;
            whole += outcome.PermutationAccuracy * count;
        }

        return new StepOutcome(loss / sequences, rank / sequences, whole / sequences);
    }

    /// <summary>The scores of any number of images, a bounded number of them at once.</summary>
    internal static Tensor Scores(nn.Module<Tensor, Tensor> network, Tensor images) =>
        cat([.. images.split(ImagesAtOnce).Select(part =>
        {
            using var scope = NewDisposeScope();
            return network.forward(part).MoveToOuterDisposeScope();
        })]);

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
}
