using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Tasks;
using SoftPerm.Training;
using SoftPerm.Training.Runs;
using static TorchSharp.torch;

namespace SoftPerm.Paper;

/// <summary>The best weights of a run, ready for new inputs. No data set is needed.</summary>
/// <typeparam name="TConfig">The settings of the task.</typeparam>
/// <remarks>Sets libtorch's threads to those of the run. Not to be used from several threads at once.</remarks>
public abstract class TrainedRun<TConfig> : IDisposable where TConfig : PaperConfig, new()
{
    private protected TrainedRun(string folder)
    {
        Run = RunFolder.Open(folder);
        if (Run.Task != new TConfig().Task) throw new UserErrorException($"{folder} is a run of {Run.Task}, not of {new TConfig().Task}.");
        Config = Run.ReadConfig<TConfig>();
        Config.Validate();
        if (Config.Threads > 0) set_num_threads(Config.Threads);
    }

    /// <summary>The run's folder.</summary>
    public RunFolder Run { get; }

    /// <summary>The run's settings.</summary>
    public TConfig Config { get; }

    /// <summary>The network, on the run's device, in evaluation mode.</summary>
    private protected abstract nn.Module Network { get; }

    /// <summary>The data set that the run was trained on.</summary>
    /// <param name="dataDirectory">The folder of data sets; null for where the run had it.</param>
    /// <exception cref="UserErrorException">It is not found, or is another.</exception>
    public ImageDataset OpenData(string? dataDirectory = null) => RunData.Open(Run, Config, dataDirectory);

    /// <summary>Saves what opening needs, settings and weights, in a folder of its own: to ship, without what training left beside them.</summary>
    /// <param name="folder">A folder that does not exist yet, or holds no run.</param>
    /// <exception cref="UserErrorException">The folder already holds a run, or cannot be written to.</exception>
    public virtual void Save(string folder) =>
        TrainingRun.Begin(folder, Config).Checkpoints.Save(Config.Steps, best: true, into => Checkpoint.WriteWeights(into, Network));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes the network, and what else a task keeps.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing) Network.Dispose();
    }

    /// <summary>Reads the run's best weights into its network.</summary>
    /// <exception cref="UserErrorException">The run has none, or they do not fit.</exception>
    private protected TModule Restored<TModule>(TModule network) where TModule : nn.Module
    {
        try
        {
            Checkpoint.ReadWeights(Run.Checkpoints.Best ?? throw Run.Without("validated weights"), network.On(Config.Device));
            network.eval();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Checks images that a network is given.</summary>
    /// <exception cref="ArgumentException">They are not float32 [whole lists · items, 1, height, width].</exception>
    private protected static void CheckImages(Tensor images, int height, int width, int items)
    {
        if (images.dtype != ScalarType.Float32 || images.dim() != 4 || images.size(1) != 1 || images.size(2) != height || images.size(3) != width || images.size(0) == 0)
            throw new ArgumentException($"images must be float32 [N, 1, {height}, {width}] with N ≥ 1; they are {images.dtype} [{string.Join(", ", images.shape)}].", nameof(images));
        if (items < 1 || images.size(0) % items != 0)
            throw new ArgumentException($"{images.size(0)} images do not make whole lists of {items}.", nameof(images));
    }
}
