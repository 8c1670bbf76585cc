using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Training;

/// <summary>An optimizer whose state can be written to a checkpoint by name.</summary>
internal abstract class TrainingOptimizer(OptimizerHelper optimizer, nn.Module network) : IDisposable
{
    private const string StepKey = "step";

    /// <summary>Adam with its usual constants.</summary>
    public static TrainingOptimizer Adam(nn.Module network) => new AdamOptimizer(optim.Adam(network.parameters()), network);

    /// <summary>Gradient descent with momentum, and weight decay added to the gradient.</summary>
    public static TrainingOptimizer Momentum(nn.Module network, double momentum, double weightDecay) =>
        new MomentumOptimizer(optim.SGD(network.parameters(), 1, momentum, weight_decay: weightDecay), network);

    /// <summary>Moves the weights against the gradient of a loss.</summary>
    public void Descend(Tensor loss, double learningRate)
    {
        foreach (var group in optimizer.ParamGroups) group.LearningRate = learningRate;
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
    }

    /// <summary>The state's tensors, and its text.</summary>
    public (IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Text) State()
    {
        var tensors = States().SelectMany(s => Tensors(s.State).Select(t => (Name: $"{s.Name}.{t.Name}", t.Tensor))).ToDictionary(t => t.Name, t => t.Tensor);
        return (tensors, new Dictionary<string, string> { [StepKey] = Steps.ToString(CultureInfo.InvariantCulture) });
    }

    /// <summary>Restores the state: the reader gives the tensor stored under a name, in the shape and type of another.</summary>
    /// <returns>Whether the text was this kind of optimizer's.</returns>
    public bool TryRestore(IReadOnlyDictionary<string, string> text, Func<string, Tensor, Tensor> read)
    {
        if (!long.TryParse(text.GetValueOrDefault(StepKey), CultureInfo.InvariantCulture, out var steps)) return false;
        Prepare(steps);
        foreach (var (name, state) in States())
            foreach (var (part, tensor) in Tensors(state)) tensor.copy_(read($"{name}.{part}", tensor));
        return true;
    }

    public void Dispose() => optimizer.Dispose();

    /// <summary>Steps done.</summary>
    protected abstract long Steps { get; }

    /// <summary>Makes the state one of an optimizer that has done that many steps.</summary>
    protected abstract void Prepare(long steps);

    /// <summary>The tensors of one parameter's state.</summary>
    protected abstract IEnumerable<(string Name, Tensor Tensor)> Tensors(OptimizerState state);

    // state_dict() hands out the optimizer's live states, in the order of the network's parameters.
    protected IEnumerable<(string Name, OptimizerState State)> States() =>
        network.named_parameters().Select(p => p.name).Zip(optimizer.state_dict().State);

    private sealed class AdamOptimizer(Adam optimizer, nn.Module network) : TrainingOptimizer(optimizer, network)
    {
        protected override long Steps => States().Select(s => ((Adam.State)s.State).step).FirstOrDefault();

        protected override void Prepare(long steps)
        {
            foreach (var (_, state) in States()) ((Adam.State)state).step = steps;
        }

        protected override IEnumerable<(string, Tensor)> Tensors(OptimizerState state) =>
            [("exp_avg", ((Adam.State)state).exp_avg), ("exp_avg_sq", ((Adam.State)state).exp_avg_sq)];
    }

    private sealed class MomentumOptimizer(SGD optimizer, nn.Module network) : TrainingOptimizer(optimizer, network)
    {
        // Its first step makes the buffers; from then on they are all it has to remember.
        protected override long Steps => States().Any(s => Buffer(s.State) is not null) ? 1 : 0;

        protected override void Prepare(long steps)
        {
            if (steps == 0) return;
            foreach (var (parameter, (_, state)) in optimizer.parameters().Zip(States()))
                ((SGD.State)state).momentum_buffer = zeros_like(parameter).DetachFromDisposeScope();
        }

        protected override IEnumerable<(string, Tensor)> Tensors(OptimizerState state) =>
            Buffer(state) is { } buffer ? [("momentum", buffer)] : [];

        private static Tensor? Buffer(OptimizerState state) => ((SGD.State)state).momentum_buffer;
    }
}
