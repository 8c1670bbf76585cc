using System.Diagnostics;

namespace SoftPerm.Experiments.Training;

/// <summary>The wall time and processor time of a run: of this session, on top of what earlier ones took.</summary>
internal sealed class TrainingClock(TrainingState start)
{
    private readonly Stopwatch wall = Stopwatch.StartNew();
    private readonly TimeSpan processor = Environment.CpuUsage.TotalTime;

    /// <summary>Wall time of this session.</summary>
    public TimeSpan Elapsed => wall.Elapsed;

    /// <summary>Steps of this session.</summary>
    public long Steps(TrainingState now) => now.Step - start.Step;

    /// <summary>Wall time left at the speed so far.</summary>
    public TimeSpan Remaining(TrainingState now, long total) => wall.Elapsed / Steps(now) * (total - now.Step);

    /// <summary>The state with the times read now.</summary>
    public TrainingState Read(TrainingState state) => state with
    {
        Seconds = start.Seconds + wall.Elapsed.TotalSeconds,
        ProcessorSeconds = start.ProcessorSeconds + (Environment.CpuUsage.TotalTime - processor).TotalSeconds,
    };
}
