using SoftPerm.Training.IO;
using IOPath = System.IO.Path;

namespace SoftPerm.Training.Runs;

/// <summary>Everything one training run leaves on disk.</summary>
/// <remarks>
/// config.json (what was asked), metrics.csv (a line for each measured step), checkpoint/ (to resume from, and the best so
/// far), tensorboard/ (event files), result.json (what came out), evaluation.json (later tests) and local.json (where this machine has the data). A folder is a run once it has its config.json.
/// </remarks>
public sealed class RunFolder
{
    private const string ConfigName = "config.json";
    private const string MetricsName = "metrics.csv";
    private const string ResultName = "result.json";
    private const string EvaluationName = "evaluation.json";
    private const string LocalName = "local.json";
    private const string ProbeName = ".probe", LockName = ".lock";
    private readonly MetricsFile metrics;

    private RunFolder(string path)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new UserErrorException("The run folder's name is empty; name a folder.");
        Path = IOPath.GetFullPath(path);
        metrics = new MetricsFile(At(MetricsName));
        Checkpoints = new CheckpointStore(At("checkpoint"));
    }

    /// <summary>The folder, as an absolute path.</summary>
    public string Path { get; }

    /// <summary>The checkpoints of the run.</summary>
    public CheckpointStore Checkpoints { get; }

    /// <summary>Where the run's TensorBoard event files go.</summary>
    public string TensorBoardDirectory => At("tensorboard");

    /// <summary>Makes a folder for a new run.</summary>
    /// <param name="path">A folder that does not exist yet, or holds no run.</param>
    /// <exception cref="UserErrorException">The folder already holds a run, or cannot be written to.</exception>
    public static RunFolder Create(string path)
    {
        var run = new RunFolder(path);
        if (new[] { ConfigName, MetricsName, ResultName }.FirstOrDefault(name => File.Exists(run.At(name))) is { } found)
            throw new UserErrorException($"'{path}' already holds a run (it has a {found}); resume it, or name another folder.");
        FileGuard.Run("write in", run.Path, () =>
        {
            Directory.CreateDirectory(run.Path);
            using var probe = new FileStream(run.At(ProbeName), FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }, temporary: run.At(ProbeName));
        return run;
    }

    /// <summary>Whether there is a run in a folder.</summary>
    public static bool Exists(string path) => File.Exists(IOPath.Join(path, ConfigName));

    /// <summary>Opens the folder of an earlier run.</summary>
    /// <param name="path">A folder with a config.json.</param>
    /// <exception cref="UserErrorException">There is no run there.</exception>
    public static RunFolder Open(string path)
    {
        var run = new RunFolder(path);
        if (!File.Exists(run.At(ConfigName))) throw new UserErrorException($"'{path}' holds no run: it has no {ConfigName}.");
        return run;
    }

    /// <summary>Keeps other processes from training in this folder until the result is disposed; a killed process holds nothing.</summary>
    /// <exception cref="UserErrorException">Another process trains in it, or the folder cannot be written to.</exception>
    public IDisposable Lock()
    {
        try
        {
            return new FileStream(At(LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (FileGuard.IsRefusal(e))
        {
            throw new UserErrorException($"'{Path}' cannot be trained in: another process is at it, or it may not be written to ({e.Message.Replace(At(LockName), Path, StringComparison.Ordinal)}).", e);
        }
    }

    /// <summary>Writes config.json, whole or not at all.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void WriteConfig<T>(T config) => JsonFile.Write(At(ConfigName), config);

    /// <summary>Reads config.json.</summary>
    /// <exception cref="UserErrorException">The file is missing, or is not what <typeparamref name="T"/> expects.</exception>
    public T ReadConfig<T>() => JsonFile.Read<T>(At(ConfigName));

    /// <summary>The task that was trained, as <see cref="TrainingConfig.Task"/>.</summary>
    /// <exception cref="UserErrorException">config.json cannot be read.</exception>
    public string Task => ReadConfig<Named>().Task;

    /// <summary>Where this machine has the run's data, if that was said. It stands in local.json, which is no part of the record.</summary>
    /// <exception cref="UserErrorException">The file cannot be read.</exception>
    public string? DataDirectory => File.Exists(At(LocalName)) ? JsonFile.Read<Local>(At(LocalName)).DataDirectory : null;

    /// <summary>Writes <see cref="DataDirectory"/>.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void WriteDataDirectory(string folder) => JsonFile.Write(At(LocalName), new Local(folder));

    /// <summary>An error that says why something of the run is not there, and what to do.</summary>
    /// <param name="missing">What is missing, in the plural.</param>
    public UserErrorException Without(string missing) => File.Exists(At(ResultName))
        ? new($"{Path} has the record of a finished run, but {missing} are not there.") { Remedy = new TrainAgain(Task) }
        : new($"{Path} has no {missing} yet.") { Remedy = new ResumeRun(Task, Path) };

    /// <summary>Writes result.json, whole or not at all.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void WriteResult<T>(T result) => JsonFile.Write(At(ResultName), result);

    /// <summary>Reads result.json, or gives the default where the run has no result yet.</summary>
    /// <exception cref="UserErrorException">The file is not what <typeparamref name="T"/> expects.</exception>
    public T? ReadResult<T>() => File.Exists(At(ResultName)) ? JsonFile.Read<T>(At(ResultName)) : default;

    /// <summary>Writes evaluation.json, the figures of a later test, whole or not at all.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void WriteEvaluation<T>(T evaluation) => JsonFile.Write(At(EvaluationName), evaluation);

    /// <summary>Reads evaluation.json, or gives the default where the run was not tested again.</summary>
    /// <exception cref="UserErrorException">The file is not what <typeparamref name="T"/> expects.</exception>
    public T? ReadEvaluation<T>() => File.Exists(At(EvaluationName)) ? JsonFile.Read<T>(At(EvaluationName)) : default;

    /// <summary>Adds a line to metrics.csv and flushes it to the disk.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void AppendMetrics(MetricRow row) => metrics.Append(row);

    /// <summary>Reads metrics.csv. A last line that a crash cut short is passed over; a run without metrics has no rows.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, or a line is not a row of metrics.</exception>
    public IReadOnlyList<MetricRow> ReadMetrics() => metrics.Read();

    /// <summary>Drops the rows after a step, and a last line that a crash cut short, before the run resumes from that step.</summary>
    /// <remarks>The lines that stay keep their bytes: the resumed run's file is the one an uninterrupted run writes.</remarks>
    /// <param name="step">The last step whose row stays.</param>
    /// <exception cref="UserErrorException">The file cannot be read or written, or a line is not a row of metrics.</exception>
    public void KeepMetricsUpTo(long step) => metrics.KeepUpTo(step);

    private string At(string name) => IOPath.Join(Path, name);

    /// <summary>Runs of the first version say no task: they sort.</summary>
    private sealed record Named(string Task = "sort");

    private sealed record Local(string? DataDirectory);
}
