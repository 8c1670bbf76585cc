using SoftPerm.Experiments.Runs;

namespace SoftPerm.Experiments.Training;

/// <summary>Which task a run folder is of.</summary>
public static class TaskOfRun
{
    /// <summary>The task's name, as <see cref="TrainingConfig.Task"/>.</summary>
    /// <exception cref="UserErrorException">There is no run there.</exception>
    public static string Of(string folder) => RunFolder.Open(folder).ReadConfig<Named>().Task;

    /// <summary>Runs of the first version say no task: they sort.</summary>
    private sealed record Named(string Task = "sort");
}
