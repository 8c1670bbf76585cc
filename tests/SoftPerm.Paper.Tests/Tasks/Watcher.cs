using SoftPerm.Training;

namespace SoftPerm.Paper.Tests.Tasks;

/// <summary>Remembers the steps reported, and acts when a certain one is.</summary>
internal sealed class Watcher(long step = -1, Action? act = null, Action? atNote = null) : IProgress<TrainingProgress>
{
    public List<long> Steps { get; } = [];

    public void Report(TrainingProgress progress)
    {
        if (progress is NoteProgress) atNote?.Invoke();
        if (progress is not StepProgress reported) return;
        Steps.Add(reported.Step);
        if (reported.Step == step) act?.Invoke();
    }
}
