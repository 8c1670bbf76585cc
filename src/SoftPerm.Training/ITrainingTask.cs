using SoftPerm.Training.Runs;
using static TorchSharp.torch;

namespace SoftPerm.Training;

/// <summary>What <see cref="Trainer"/> has to know of a task: its network, its loss of a step, its validation.</summary>
public interface ITrainingTask : IDisposable
{
    /// <summary>All that is trained.</summary>
    nn.Module Network { get; }

    /// <summary>Makes the optimizer of the network's parameters.</summary>
    Optimizer CreateOptimizer();

    /// <summary>Items (images, documents) a step.</summary>
    int ItemsPerStep { get; }

    /// <summary>Begins to make batches, the first for a given step. A batch is a pure function of the seed and its step.</summary>
    void Begin(long firstStep);

    /// <summary>Computes the loss of the next batch.</summary>
    /// <exception cref="DivergedException">What the network put out is not finite.</exception>
    StepLoss Forward(double temperature, Generator noise);

    /// <summary>Measures the network on validation data.</summary>
    Metrics Validate(double temperature, CancellationToken cancellationToken);

    /// <summary>Whether a validation is better than another.</summary>
    bool IsBetter(Metrics one, Metrics other);
}

/// <summary>A task with the test that follows training.</summary>
/// <typeparam name="TTest">What the test gives.</typeparam>
public interface ITrainingTask<out TTest> : ITrainingTask
{
    /// <summary>Measures the network on test data, and leaves in the run's folder what there is to see and to use.</summary>
    TTest Test(RunFolder run, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken);
}

/// <summary>A step's loss with its graph, and what the task measures beside it.</summary>
/// <param name="Loss">A scalar whose <c>backward()</c> is the step's gradient.</param>
/// <param name="Measures">Always the same, in the same order.</param>
public readonly record struct StepLoss(Tensor Loss, IReadOnlyList<Measure> Measures);

/// <summary>Training left the numbers there are.</summary>
/// <param name="what">What is not finite.</param>
public sealed class DivergedException(string what) : Exception($"Not all of the {what} are finite.")
{
    /// <summary>What is not finite.</summary>
    public string What { get; } = what;

    /// <summary>Throws unless every entry is finite.</summary>
    /// <exception cref="DivergedException">One is not.</exception>
    public static void ThrowUnlessFinite(Tensor tensor, string what)
    {
        if (!tensor.isfinite().all().item<bool>()) throw new DivergedException(what);
    }
}
