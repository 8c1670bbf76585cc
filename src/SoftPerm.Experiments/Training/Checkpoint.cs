using System.Globalization;
using SoftPerm.Experiments.Files;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Training;

/// <summary>The tensors of a training state as safetensors files: weights, Adam's moments, the noise generator.</summary>
internal static class Checkpoint
{
    private const string Weights = "model.safetensors", Moments = "optimizer.safetensors", Noise = "noise.safetensors";
    private const string StepKey = "step", FirstMoment = ".exp_avg", SecondMoment = ".exp_avg_sq", NoiseKey = "state";

    /// <summary>Writes all three files into a folder.</summary>
    public static void Write(string folder, nn.Module network, Adam optimizer, Generator noise)
    {
        using var scope = NewDisposeScope();
        Safetensors.Write(Path.Combine(folder, Weights), network.state_dict());
        var moments = new Dictionary<string, Tensor>();
        var steps = 0L;
        foreach (var (name, state) in States(network, optimizer))
        {
            moments[name + FirstMoment] = state.exp_avg;
            moments[name + SecondMoment] = state.exp_avg_sq;
            steps = state.step;
        }

        var metadata = new Dictionary<string, string> { [StepKey] = steps.ToString(CultureInfo.InvariantCulture) };
        Safetensors.Write(Path.Combine(folder, Moments), moments, metadata);
        Safetensors.Write(Path.Combine(folder, Noise), new Dictionary<string, Tensor> { [NoiseKey] = noise.get_state() });
    }

    /// <summary>Restores the network's weights.</summary>
    public static void ReadWeights(string folder, nn.Module network)
    {
        var path = Path.Combine(folder, Weights);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var stored = Safetensors.Read(path);
        foreach (var (name, target) in network.state_dict()) Restore(path, stored, name, target);
    }

    /// <summary>Restores the optimizer's moments and the noise generator.</summary>
    public static void ReadState(string folder, nn.Module network, Adam optimizer, Generator noise)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var path = Path.Combine(folder, Moments);
        var stored = Safetensors.Read(path);
        if (!long.TryParse(Safetensors.ReadMetadata(path).GetValueOrDefault(StepKey), CultureInfo.InvariantCulture, out var steps))
            throw new UserErrorException($"{path} is no optimizer's state: its metadata has no whole number '{StepKey}'.");
        foreach (var (name, state) in States(network, optimizer))
        {
            Restore(path, stored, name + FirstMoment, state.exp_avg);
            Restore(path, stored, name + SecondMoment, state.exp_avg_sq);
            state.step = steps;
        }

        path = Path.Combine(folder, Noise);
        var current = noise.get_state();
        Restore(path, Safetensors.Read(path), NoiseKey, current);
        noise.set_state(current);
    }

    // state_dict() hands out the optimizer's live states, in the order of the network's parameters.
    private static IEnumerable<(string Name, Adam.State State)> States(nn.Module network, Adam optimizer) =>
        network.named_parameters().Select(p => p.name).Zip(optimizer.state_dict().State.Cast<Adam.State>());

    private static void Restore(string path, IReadOnlyDictionary<string, Tensor> stored, string name, Tensor target)
    {
        if (!stored.TryGetValue(name, out var value) || !value.shape.SequenceEqual(target.shape) || value.dtype != target.dtype)
            throw new UserErrorException($"{path} does not fit the run: '{name}' is missing or not {target.dtype} of shape [{string.Join(", ", target.shape)}].");
        target.copy_(value);
    }
}
