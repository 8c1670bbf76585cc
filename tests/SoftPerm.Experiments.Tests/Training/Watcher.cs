using SoftPerm.Experiments.Runs;

namespace SoftPerm.Experiments.Tests.Training;

/// <summary>Acts when a step is reported.</summary>
internal sealed class Watcher(long step, Action act, Action? atMessage = null) : ITrainingProgress
{
    /// <summary>One that only looks on.</summary>
    public static Watcher Idle => new(-1, () => { });

    public void Report(ProgressSnapshot snapshot)
    {
        if (snapshot.Step == step) act();
    }

    public void Message(string line) => atMessage?.Invoke();

    public void Dispose()
    {
    }
}
