using SoftPerm.TestKit.Tensors;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Training.Tests;

public sealed class TrainingOptimizerTests
{
    private const double LearningRate = 0.05;

    private static readonly Dictionary<string, Func<nn.Module, Optimizer>> Kinds = new()
    {
        ["adam"] = network => Optimizer.Adam(network.named_parameters()),
        ["momentum"] = network => Optimizer.Momentum(network.named_parameters(), 0.9, 1e-2),
    };

    public static TheoryData<string> Names => [.. Kinds.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_restored_state_makes_the_step_that_the_first_optimizer_makes(string name)
    {
        using var scope = NewDisposeScope();
        using Linear first = nn.Linear(3, 2), second = nn.Linear(3, 2), fresh = nn.Linear(3, 2);
        using Optimizer optimizer = Kinds[name](first), restored = Kinds[name](second), unaware = Kinds[name](fresh);
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
    public void Weights_without_a_gradient_stay()
    {
        using var scope = NewDisposeScope();
        using Linear used = nn.Linear(3, 2), unused = nn.Linear(3, 2);
        using var optimizer = Optimizer.Adam([("used", used.weight!), ("unused", unused.weight!)]);
        using var before = unused.weight!.clone();
        Descend(optimizer, used);
        TensorCompare.Close(before, unused.weight!, 0);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_state_without_its_number_of_steps_is_refused(string name)
    {
        using var network = nn.Linear(3, 2);
        using var optimizer = Kinds[name](network);
        Assert.False(optimizer.TryRestore(new Dictionary<string, string> { ["step"] = "many" }, (_, target) => target));
    }

    private static void Descend(Optimizer optimizer, Linear network) => optimizer.Descend(Loss(network), LearningRate);

    private static Tensor Loss(Linear network) => network.forward(ones(1, 3)).Squared().sum();
}
