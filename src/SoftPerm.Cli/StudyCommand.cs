using System.CommandLine;

namespace SoftPerm.Cli;

/// <summary><c>softperm study SUBJECT</c>.</summary>
internal sealed class StudyCommand : Command
{
    /// <summary>Builds the command.</summary>
    public StudyCommand() : base("study", "Measure what relaxations, estimators and temperatures do, and record it as a table and pictures.")
    {
        Add(new StudyGradientsCommand());
        Add(new StudyTemperatureCommand());
        Add(new StudyNeighboursCommand());
        Add(new StudyRelaxationsCommand());
        this.WithExamples("softperm study gradients --quick", "softperm study temperature --quick");
    }
}
