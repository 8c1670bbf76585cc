using SoftPerm.Paper.Tasks.Sorting;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Tasks.Sorting;

public sealed class SortTaskMeasuresTests
{
    [Theory]
    [InlineData(20, 2)]
    [InlineData(21, 2)]
    public void Accuracies_of_training_are_of_lists_as_long_as_those_of_validation(int trained, int validated)
    {
        // Untrained, a list of 2 is right every other time: far from 40 lists all wrong, as those of 20 are.
        var permutations = Permutations(new SortConfig { Digits = 1, Network = "small", Sequences = 40, TrainItems = trained, Items = validated, Threads = 1 });
        Assert.InRange(permutations, .3, .9);
    }

    [Fact]
    public void Shorter_lists_of_training_are_measured_whole() =>
        Assert.InRange(Permutations(new SortConfig { Digits = 1, Network = "small", Sequences = 400, TrainItems = 2, Items = 20, Threads = 1 }), .3, .9);

    private static double Permutations(SortConfig config)
    {
        set_num_threads(1);
        using var scope = NewDisposeScope();
        using var task = config.CreateTask(SmallRuns.Digits);
        using var noise = new Generator(1);
        task.Begin(0);
        return task.Forward(1, noise).Measures.Single(m => m.Name == "permutation_accuracy").Value;
    }
}
