namespace SoftPerm.Distributions;

/// <summary>Standard Gumbel noise, -log(-log U) with U drawn from the open interval (0, 1).</summary>
internal static class GumbelNoise
{
    /// <summary>Draws independent noise.</summary>
    /// <remarks>
    /// U = (k + ½) / 2^b with k uniform in 0…2^b-1 is exact in the wide type, symmetric and never 0 or 1, so no ε is needed:
    /// b = 52 in float64, 22 where a device has float32 only.
    /// </remarks>
    public static Tensor Draw(long[] shape, ScalarType type, Device device, Generator generator)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var wide = device.WideType();
        var steps = 1L << (wide == float64 ? 52 : 22);
        var uniform = randint(steps, shape, dtype: int64, device: device, generator: generator).to(wide).Plus(0.5).div(Number(steps));
        return uniform.log().neg().log().neg().to(type).MoveToOuterDisposeScope();
    }
}
