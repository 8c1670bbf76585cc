using SoftPerm.Experiments.Runs;

namespace SoftPerm.Experiments.Tests.Training;

/// <summary>Remembers the steps reported, and acts when a certain one is.</summary>
internal sealed class Watcher(long step = -1, Action? act = null, Action? atMessage = null) : ITrainingProgress
{
    public List<long> Steps { get; } = [];

    public void Report(ProgressSnapshot snapshot)
    {
        Steps.Add(snapshot.Step);
        if (snapshot.Step == step) act?.Invoke();
    }

    public void Message(string line) => atMessage?.Invoke();

    public void Dispose()
    {
    }
}
