namespace SoftPerm.Relaxations;

/// <summary>The scale on which values are read whose temperature is no number in range.</summary>
internal static class ValueScale
{
    /// <summary>The powers of two, of the batch shape, that bring values back whose temperatures left the range of their type; null if none did.</summary>
    /// <param name="temperature">What rises with the values.</param>
    public static Tensor? Of(Tensor temperature)
    {
        if (AreOrdinary(temperature)) return null;
        var (smallest, power) = temperature.dtype == float64 ? (2.2250738585072014e-308, 600) : (1.17549435e-38, 100);
        Tensor isLarge = temperature.isinf(), isSmall = temperature.lt(Number(smallest));
        if (!isLarge.logical_or(isSmall).any().item<bool>()) return null;
        return ones_like(temperature).masked_fill(isLarge, Number(Math.ScaleB(1, -power))).masked_fill(isSmall, Number(Math.ScaleB(1, power)));
    }

    /// <summary>Whether numbers on the CPU are all in range: the usual case, told without a tensor operation.</summary>
    private static bool AreOrdinary(Tensor temperature)
    {
        if (temperature.dtype != float64 || temperature.device_type != DeviceType.CPU || !temperature.is_contiguous()) return false;
        var areOrdinary = true;
        foreach (var number in temperature.Buffer<double>().Span(0, checked((int)temperature.numel()))) areOrdinary &= double.IsNormal(number);
        GC.KeepAlive(temperature);
        return areOrdinary;
    }
}
