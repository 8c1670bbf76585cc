using SoftPerm.Training.IO;
using static TorchSharp.torch;

namespace SoftPerm.Training.Runs;

/// <summary>The tensors of a training state as safetensors files: weights, the optimizer's state, the noise generator.</summary>
public static class Checkpoint
{
    private const string Weights = "model.safetensors", Moments = "optimizer.safetensors", Noise = "noise.safetensors", NoiseKey = "state";

    /// <summary>Writes all three files into a folder.</summary>
    public static void Write(string folder, nn.Module network, Optimizer optimizer, Generator noise)
    {
        using var scope = NewDisposeScope();
        WriteWeights(folder, network);
        var (moments, text) = optimizer.State();
        Safetensors.Write(Path.Combine(folder, Moments), moments, text);
        Safetensors.Write(Path.Combine(folder, Noise), new Dictionary<string, Tensor> { [NoiseKey] = noise.get_state() });
    }

    /// <summary>Writes the network's weights alone: enough to use it, not to go on training.</summary>
    public static void WriteWeights(string folder, nn.Module network)
    {
        using var scope = NewDisposeScope();
        Safetensors.Write(Path.Combine(folder, Weights), network.state_dict());
    }

    /// <summary>Restores the network's weights.</summary>
    public static void ReadWeights(string folder, nn.Module network)
    {
        var path = Path.Combine(folder, Weights);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var stored = Safetensors.Read(path);
        foreach (var (name, target) in network.state_dict()) target.copy_(Fitting(path, stored, name, target));
    }

    /// <summary>Restores the optimizer's state and the noise generator.</summary>
    public static void ReadState(string folder, Optimizer optimizer, Generator noise)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var path = Path.Combine(folder, Moments);
        var stored = Safetensors.Read(path);
        if (!optimizer.TryRestore(Safetensors.ReadMetadata(path), (name, target) => Fitting(path, stored, name, target)))
            throw new UserErrorException($"{path} is no optimizer's state: its metadata has no whole number 'step'.");

        path = Path.Combine(folder, Noise);
        var current = noise.get_state();
        noise.set_state(Fitting(path, Safetensors.Read(path), NoiseKey, current));
    }

    private static Tensor Fitting(string path, IReadOnlyDictionary<string, Tensor> stored, string name, Tensor target) =>
        stored.TryGetValue(name, out var value) && value.shape.SequenceEqual(target.shape) && value.dtype == target.dtype
            ? value
            : throw new UserErrorException($"{path} does not fit the run: '{name}' is missing or not {target.dtype} of shape [{string.Join(", ", target.shape)}].");
}
