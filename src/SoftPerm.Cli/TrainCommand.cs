using System.CommandLine;

namespace SoftPerm.Cli;

/// <summary><c>softperm train TASK</c>.</summary>
internal sealed class TrainCommand : Command
{
    /// <summary>Builds the command.</summary>
    public TrainCommand() : base("train", "Train a network through a sort.")
    {
        Add(new TrainSortCommand());
        Add(new TrainQuantileCommand());
        Add(new TrainKnnCommand());
        this.WithExamples("softperm train sort --quick", "softperm train sort --help");
    }
}
