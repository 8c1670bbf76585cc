using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SoftPerm.Training;

/// <summary>An optimizer whose state can be written to a checkpoint by name.</summary>
/// <remarks>Its numbers are held while libtorch reads them; those that TorchSharp's optimizers pass can be collected meanwhile
/// (docs/decisions/0001). Its steps are theirs, bit for bit.</remarks>
public abstract class Optimizer : IDisposable
{
    private const string StepKey = "step";
    private readonly IReadOnlyList<string> stateNames;
    private readonly (string Name, Parameter Weights, Tensor[] State)[] parameters;

    private Optimizer(IEnumerable<(string Name, Parameter Weights)> parameters, params IReadOnlyList<string> stateNames)
    {
        this.stateNames = stateNames;
        using var _ = no_grad();
        this.parameters = [.. parameters.Select(p => (p.Name, p.Weights, stateNames.Select(_ => zeros_like(p.Weights).DetachFromDisposeScope()).ToArray()))];
    }

    /// <summary>Steps done.</summary>
    private protected long Steps { get; private set; }

    /// <summary>Adam with its usual constants.</summary>
    public static Optimizer Adam(IEnumerable<(string Name, Parameter Weights)> parameters) => new AdamOptimizer(parameters);

    /// <summary>Gradient descent with momentum, and weight decay added to the gradient.</summary>
    public static Optimizer Momentum(IEnumerable<(string Name, Parameter Weights)> parameters, double momentum, double weightDecay) =>
        new MomentumOptimizer(parameters, momentum, weightDecay);

    /// <summary>Moves the weights against the gradient of a loss.</summary>
    public void Descend(Tensor loss, double learningRate)
    {
        foreach (var (_, weights, _) in parameters) weights.grad = null;
        loss.backward();
        Steps++;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Move([.. parameters.Where(p => p.Weights.grad is not null).Select(p => new Part(p.Weights, p.Weights.grad!, p.State))], learningRate);
    }

    /// <summary>The state's tensors, and its text.</summary>
    public (IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Text) State() => (
        States().ToDictionary(s => s.Name, s => s.State),
        new Dictionary<string, string> { [StepKey] = Steps.ToString(CultureInfo.InvariantCulture) });

    /// <summary>Restores the state: the reader gives the tensor stored under a name, in the shape and type of another.</summary>
    /// <returns>Whether the text was an optimizer's.</returns>
    public bool TryRestore(IReadOnlyDictionary<string, string> text, Func<string, Tensor, Tensor> read)
    {
        if (!long.TryParse(text.GetValueOrDefault(StepKey), CultureInfo.InvariantCulture, out var steps)) return false;
        foreach (var (name, state) in States()) state.copy_(read(name, state));
        Steps = steps;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, state) in States()) state.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Moves weights and states in place.</summary>
    private protected abstract void Move(IReadOnlyList<Part> parts, double learningRate);

    private IEnumerable<(string Name, Tensor State)> States() =>
        parameters.SelectMany(p => stateNames.Zip(p.State, (name, state) => ($"{p.Name}.{name}", state)));

    /// <summary>A tensor of weights with what moves it.</summary>
    private protected readonly record struct Part(Tensor Weights, Tensor Gradient, Tensor[] State);

    private sealed class AdamOptimizer(IEnumerable<(string, Parameter)> parameters) : Optimizer(parameters, "exp_avg", "exp_avg_sq")
    {
        private const double Decay = 0.9, SquareDecay = 0.999;

        private protected override void Move(IReadOnlyList<Part> parts, double learningRate)
        {
            Scalar decay = Number(Decay), share = Number(1 - Decay), squareDecay = Number(SquareDecay), squareShare = Number(1 - SquareDecay);
            Scalar epsilon = Number(1e-8), alpha = Number(1);
            Scalar correction = Number(Math.Sqrt(1 - Math.Pow(SquareDecay, Steps))), step = Number(-learningRate / (1 - Math.Pow(Decay, Steps)));
            foreach (var (weights, gradient, state) in parts)
            {
                var mean = state[0].mul_(decay).add_(gradient, share);
                var squares = state[1].mul_(squareDecay).addcmul_(gradient, gradient, squareShare);
                weights.addcdiv_(mean, squares.sqrt().div_(correction).add_(epsilon, alpha), step);
            }
        }
    }

    private sealed class MomentumOptimizer(IEnumerable<(string, Parameter)> parameters, double momentum, double weightDecay)
        : Optimizer(parameters, "momentum")
    {
        private protected override void Move(IReadOnlyList<Part> parts, double learningRate)
        {
            Scalar kept = Number(momentum), pull = Number(weightDecay), step = Number(-learningRate);
            foreach (var (weights, gradient, state) in parts)
                weights.add_(state[0].mul_(kept).add_(gradient.add(weights, pull), Number(1)), step);
        }
    }
}
