using TorchSharp.Modules;

namespace SoftPerm;

/// <summary>A temperature that is learned with a network: a module with one parameter, always positive.</summary>
/// <remarks>
/// <para>Make it once, and the relaxation of it too: <c>new SoftSort(tau)</c> reads it anew at each use. Register it as a module of your own; the
/// modules of this library that are given such a relaxation do so themselves. Registered in several places it is still one parameter, which
/// <c>parameters()</c> of the whole lists once; whichever of its owners is disposed first disposes it.</para>
/// <para><b>Definition.</b> <c>τ = minimum + exp θ</c>, θ the parameter, float32 unless converted: a step of an optimizer changes it by a factor.</para>
/// <para><b>Properties.</b> Positive and finite wherever a step of an optimizer leads, infinity too: θ beyond ±69 counts as that. A θ that is
/// NaN is refused where the temperature is used.</para>
/// <para><b>Gradient.</b> <c>dτ/dθ = τ - minimum</c>; 0 beyond ±69.</para>
/// <para><b>Numerics.</b> Computed in float32 where the parameter is of a half type, and used in float64.</para>
/// </remarks>
public sealed class LearnedTemperature : nn.Module
{
    /// <summary>The largest |θ|: of 1e30, which numbers of every type that is computed in hold, and so does its inverse.</summary>
    private const double Farthest = 69;

    private readonly Parameter logarithm;

    /// <summary>Creates the temperature.</summary>
    /// <param name="initial">Its value before training, above the minimum by 1e-29 to 1e29, in the units of the relaxation.</param>
    /// <param name="minimum">What it never falls below, ≥ 0, in these units: gradients vanish where a relaxation is all but exact.</param>
    /// <exception cref="ArgumentOutOfRangeException">The minimum is negative or not finite, or the initial value not above it or too far away.</exception>
    public LearnedTemperature(double initial, double minimum = 1e-3) : base(nameof(LearnedTemperature))
    {
        if (!(minimum >= 0 && double.IsFinite(minimum)))
            throw new ArgumentOutOfRangeException(nameof(minimum), minimum, "minimum must be at least 0 and finite.");
        if (!(initial - minimum >= 1e-29 && initial - minimum <= 1e29))
            throw new ArgumentOutOfRangeException(nameof(initial), initial, $"initial must be above the minimum of {minimum}, by 1e-29 to 1e29.");
        using var scope = NewDisposeScope();
        Minimum = minimum;
        logarithm = new Parameter(tensor((float)Math.Log(initial - minimum)));
        logarithm.DetachFromDisposeScope(); // a module lives until it is disposed, in whatever scope it was made
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
            return logarithm.AtLeastSingle().clamp(Number(-Farthest), Number(Farthest)).exp().Plus(Minimum).MoveToOuterDisposeScope();
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
