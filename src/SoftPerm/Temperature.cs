using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>The temperature τ of a relaxation: a number, or a tensor that may be learned.</summary>
/// <remarks>
/// <para>Numbers and tensors become one by themselves: <c>new NeuralSort(0.5)</c>, <c>new NeuralSort(tau)</c>; and so does a
/// <see cref="LearnedTemperature"/>, which is read anew at each use.</para>
/// <para><b>Domain.</b> Positive and finite. A tensor holds a single number or one for each batch row, broadcasting to the batch shape [...]
/// of the scores, on their device; it stays the caller's, and its values are checked at each use.</para>
/// </remarks>
public sealed class Temperature
{
    private readonly double number;
    private readonly Func<Tensor>? read;

    private Temperature(double number)
    {
        Check.Temperature(number, "temperature");
        this.number = number;
    }

    /// <summary>A temperature that a module owns.</summary>
    /// <param name="read">Gives the tensor of the moment, which belongs to the dispose scope it is made in.</param>
    /// <param name="module">Whose parameters it depends on; null for a tensor of the caller's.</param>
    internal Temperature(Func<Tensor> read, nn.Module? module = null) => (this.read, Module) = (read, module);

    /// <summary>A fixed temperature.</summary>
    /// <param name="temperature">Positive and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    public static implicit operator Temperature(double temperature) => new(temperature);

    /// <summary>A temperature held in a tensor.</summary>
    /// <param name="temperature">As above; read anew at each use.</param>
    public static implicit operator Temperature(Tensor temperature)
    {
        ArgumentNullException.ThrowIfNull(temperature);
        return new Temperature(() => temperature);
    }

    /// <summary>The module whose parameters it depends on, if there is one.</summary>
    internal nn.Module? Module { get; }

    /// <summary>The temperature of each batch row of scores, checked: of the widest type of their device, contiguous.</summary>
    internal Tensor For(Tensor scores)
    {
        long[] batch = scores.shape[..^1];
        var type = scores.device.WideType();
        if (read is null) return full(batch, Number(number), type, scores.device);
        var given = read();
        Check.Temperature(given, scores, "temperature");
        var each = given.to(type).expand(batch).contiguous();
        return is_grad_enabled() ? each : each.detach(); // it may be the tensor itself
    }
}
