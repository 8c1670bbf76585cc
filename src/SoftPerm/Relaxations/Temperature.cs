using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>The temperature of a relaxation: a number, or a tensor that may be learned.</summary>
internal sealed class Temperature
{
    private readonly double number;
    private readonly Tensor? tensor;

    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public Temperature(double temperature)
    {
        Check.Temperature(temperature, nameof(temperature));
        number = temperature;
    }

    /// <param name="temperature">Stays the caller's; read anew at each use.</param>
    public Temperature(Tensor temperature)
    {
        ArgumentNullException.ThrowIfNull(temperature);
        tensor = temperature;
    }

    /// <summary>Checks a tensor's values, and that there is one for each batch row of scores, or one for all.</summary>
    public void CheckFor(Tensor scores)
    {
        if (tensor is not null) Check.Temperature(tensor, scores, "temperature");
    }

    /// <summary>The temperature of each batch row of scores: float64 where the device has it, contiguous.</summary>
    public Tensor For(Tensor scores)
    {
        long[] batch = scores.shape[..^1];
        var type = Autograd.SortedScores.WideType(scores.device);
        if (tensor is null) return full(batch, Number(number), type, scores.device);
        var each = tensor.to(type).expand(batch).contiguous();
        return is_grad_enabled() ? each : each.detach(); // it may be the tensor itself
    }
}
