using SoftPerm.Experiments.Training;
using SoftPerm.TestKit.Tensors;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tests.Training;

public sealed class TrainingOptimizerTests
{
    private static readonly Dictionary<string, Func<nn.Module, TrainingOptimizer>> Kinds = new()
    {
        ["adam"] = TrainingOptimizer.Adam,
        ["momentum"] = network => TrainingOptimizer.Momentum(network, 0.9, 1e-2),
    };

    public static TheoryData<string> Names => [.. Kinds.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_restored_state_makes_the_step_that_the_first_optimizer_makes(string name)
    {
        using var scope = NewDisposeScope();
        using Linear first = nn.Linear(3, 2), second = nn.Linear(3, 2), fresh = nn.Linear(3, 2);
        using TrainingOptimizer optimizer = Kinds[name](first), restored = Kinds[name](second), unaware = Kinds[name](fresh);
        for (var step = 0; step < 3; step++) Descend(optimizer, first);
        second.load_state_dict(first.state_dict());
        fresh.load_state_dict(first.state_dict());
        var (tensors, text) = optimizer.State();
        Assert.NotEmpty(tensors);
        Assert.True(restored.TryRestore(text, (key, _) => tensors[key]));
        Descend(optimizer, first);
        Descend(restored, second);
        Descend(unaware, fresh);
        TensorCompare.Close(first.weight!, second.weight!, 0);
        Assert.False(first.weight!.eq(fresh.weight!).all().item<bool>());
    }

    [Fact]
    public void Momentum_that_has_made_no_step_has_nothing_to_remember()
    {
        using var scope = NewDisposeScope();
        using var network = nn.Linear(3, 2);
        using TrainingOptimizer optimizer = Kinds["momentum"](network), restored = Kinds["momentum"](network);
        var (tensors, text) = optimizer.State();
        Assert.Empty(tensors);
        Assert.True(restored.TryRestore(text, (key, _) => throw new KeyNotFoundException(key)));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_state_without_its_number_of_steps_is_refused(string name)
    {
        using var network = nn.Linear(3, 2);
        using var optimizer = Kinds[name](network);
        Assert.False(optimizer.TryRestore(new Dictionary<string, string> { ["step"] = "many" }, (_, target) => target));
    }

    private static void Descend(TrainingOptimizer optimizer, Linear network) =>
        optimizer.Descend(network.forward(ones(1, 3)).square().sum(), learningRate: 0.05);
}
