using TorchSharp.Modules;

namespace SoftPerm;

/// <summary>A temperature that is learned with a network: a module with one parameter, always positive.</summary>
/// <remarks>
/// <para><b>Definition.</b> <c>τ = minimum + exp θ</c>, θ the parameter: a step of an optimizer changes it by a factor.</para>
/// <para>Make it once, and the relaxation of it too: <c>new SoftSort(tau)</c> reads it anew at each use. Register it as a module of your own; the
/// modules of this library that are given such a relaxation do so themselves.</para>
/// </remarks>
public sealed class LearnedTemperature : nn.Module
{
    private readonly Parameter logarithm;

    /// <summary>Creates the temperature.</summary>
    /// <param name="initial">Its value before training, above the minimum and finite, in the units of the relaxation.</param>
    /// <param name="minimum">What it never falls below, ≥ 0: gradients vanish where a relaxation is all but exact.</param>
    /// <exception cref="ArgumentOutOfRangeException">The minimum is negative or not finite, or the initial value not above it or not finite.</exception>
    public LearnedTemperature(double initial, double minimum = 1e-3) : base(nameof(LearnedTemperature))
    {
        if (!(minimum >= 0 && double.IsFinite(minimum)))
            throw new ArgumentOutOfRangeException(nameof(minimum), minimum, "minimum must be at least 0 and finite.");
        if (!(initial > minimum && double.IsFinite(initial)))
            throw new ArgumentOutOfRangeException(nameof(initial), initial, $"initial must be above the minimum of {minimum} and finite.");
        Minimum = minimum;
        logarithm = new Parameter(tensor((float)Math.Log(initial - minimum)));
        RegisterComponents();
    }

    /// <summary>What the temperature never falls below.</summary>
    public double Minimum { get; }

    /// <summary>τ as of now, a single number with a gradient, in the caller's dispose scope.</summary>
    public Tensor Value
    {
        get
        {
            using var scope = new CallScope(this);
            return logarithm.exp().Plus(Minimum).MoveToOuterDisposeScope();
        }
    }

    /// <summary>A temperature that is read anew at each use.</summary>
    /// <param name="temperature">Whose.</param>
    public static implicit operator Temperature(LearnedTemperature temperature)
    {
        ArgumentNullException.ThrowIfNull(temperature);
        return new Temperature(() => temperature.Value, temperature);
    }
}
