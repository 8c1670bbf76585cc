namespace SoftPerm.Kernels.Tests.Definitions;

/// <summary>A number and its derivative along some direction of the inputs: a definition written with these is its own gradient, without a step size.</summary>
/// <param name="Value">The number.</param>
/// <param name="Slope">Its derivative.</param>
internal readonly record struct Dual(double Value, double Slope)
{
    public static implicit operator Dual(double value) => new(value, 0);

    public static Dual operator +(Dual a, Dual b) => new(a.Value + b.Value, a.Slope + b.Slope);

    public static Dual operator -(Dual a, Dual b) => new(a.Value - b.Value, a.Slope - b.Slope);

    public static Dual operator -(Dual a) => new(-a.Value, -a.Slope);

    public static Dual operator *(Dual a, Dual b) => new(a.Value * b.Value, a.Value * b.Slope + a.Slope * b.Value);

    public static Dual operator /(Dual a, Dual b) => new(a.Value / b.Value, (a.Slope - a.Value / b.Value * b.Slope) / b.Value);

    public static bool operator <(Dual a, Dual b) => a.Value < b.Value;

    public static bool operator >(Dual a, Dual b) => a.Value > b.Value;

    /// <summary>The slope at 0 counts as 0.</summary>
    public static Dual Abs(Dual a) => new(Math.Abs(a.Value), Math.Sign(a.Value) * a.Slope);

    public static Dual Exp(Dual a) => Of(a, Math.Exp(a.Value), Math.Exp(a.Value));

    public static Dual Log(Dual a) => Of(a, Math.Log(a.Value), 1 / a.Value);

    public static Dual Max(Dual a, Dual b) => a > b ? a : b;

    public static Dual Min(Dual a, Dual b) => a < b ? a : b;

    /// <summary>f(a), given f and its slope there.</summary>
    public static Dual Of(Dual a, double value, double slope) => new(value, a.Slope == 0 ? 0 : slope * a.Slope);
}
