using System.Diagnostics;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Training.Tests;

/// <summary>Alone, for whatever else passes numbers to libtorch would not survive what happens here.</summary>
[Collection(nameof(OptimizerCollectionTests)), CollectionDefinition(nameof(OptimizerCollectionTests), DisableParallelization = true)]
public sealed class OptimizerCollectionTests
{
    /// <summary>TorchSharp's Adam fails here after a second or so: "Unknown scalar type", or steps of a wrong size.</summary>
    [Fact]
    public void Steps_stand_collections_at_any_time()
    {
        var quiet = Train(2000);
        using var collector = new BusyCollector();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(5)) Assert.Equal(quiet, Train(2000));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Steps_are_those_of_TorchSharps_optimizers_bit_for_bit(bool isAdam)
    {
        using var scope = NewDisposeScope();
        using Linear ours = nn.Linear(3, 2), theirs = nn.Linear(3, 2);
        theirs.load_state_dict(ours.state_dict());
        using var optimizer = isAdam ? Optimizer.Adam(ours.named_parameters()) : Optimizer.Momentum(ours.named_parameters(), 0.9, 1e-2);
#pragma warning disable RS0030 // they are what ours are measured by
        Assert.True(GC.TryStartNoGCRegion(50_000_000)); // theirs would not stand a collection
        using optim.Optimizer reference = isAdam ? optim.Adam(theirs.parameters(), 0.05) : optim.SGD(theirs.parameters(), 0.05, 0.9, weight_decay: 1e-2);
        for (var step = 0; step < 10; step++)
        {
            optimizer.Descend(Loss(ours), 0.05);
            reference.zero_grad();
            Loss(theirs).backward();
            reference.step();
        }

#pragma warning restore RS0030
        GC.EndNoGCRegion();
        TensorCompare.Close(theirs.weight!, ours.weight!, 0);
        TensorCompare.Close(theirs.bias!, ours.bias!, 0);
    }

    private static Tensor Loss(Linear network) => network.forward(ones(1, 3)).Squared().sum();

    private static float[] Train(int steps)
    {
        using var scope = NewDisposeScope();
        var weights = nn.Parameter(linspace(-1, 1, 1000));
        using var optimizer = Optimizer.Adam([(nameof(weights), weights)]);
        for (var step = 0; step < steps; step++)
        {
            using var inStep = NewDisposeScope();
            optimizer.Descend(weights.Squared().sum(), learningRate: 1e-3);
        }

        return weights.detach().data<float>().ToArray();
    }
}
