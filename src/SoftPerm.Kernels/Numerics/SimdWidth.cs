using System.Runtime.Intrinsics;

namespace SoftPerm.Kernels.Numerics;

/// <summary>How many doubles the kernels treat at once.</summary>
public enum SimdWidth
{
    /// <summary>One: plain arithmetic, on any processor.</summary>
    Scalar = 1,

    /// <summary>Two: SSE2, NEON.</summary>
    Vector128 = 2,

    /// <summary>Four: AVX2.</summary>
    Vector256 = 4,

    /// <summary>Eight: AVX-512.</summary>
    Vector512 = 8,
}

/// <summary>Which widths this processor has instructions for.</summary>
public static class SimdWidths
{
    /// <summary>The widths that run in hardware here, narrowest first; <see cref="SimdWidth.Scalar"/> always.</summary>
    public static IReadOnlyList<SimdWidth> Supported { get; } =
    [
        SimdWidth.Scalar,
        .. Vector128.IsHardwareAccelerated ? [SimdWidth.Vector128] : Array.Empty<SimdWidth>(),
        .. Vector256.IsHardwareAccelerated ? [SimdWidth.Vector256] : Array.Empty<SimdWidth>(),
        .. Vector512.IsHardwareAccelerated ? [SimdWidth.Vector512] : Array.Empty<SimdWidth>(),
    ];

    /// <summary>The widest of them.</summary>
    /// <remarks>Where AVX-512 slows the clock, .NET prefers 256 bits; the environment variable
    /// <c>DOTNET_PreferredVectorBitWidth=512</c> overrules it.</remarks>
    public static SimdWidth Widest => Supported[^1];

    /// <summary>The width that kernels use: <see cref="Widest"/>, or what the environment variable <c>SOFTPERM_SIMD</c> says
    /// (Scalar, Vector128, Vector256 or Vector512; one that is not in hardware works, slowly).</summary>
    public static SimdWidth InUse { get; } = Named(Environment.GetEnvironmentVariable("SOFTPERM_SIMD"));

    internal static SimdWidth Named(string? name)
    {
        if (string.IsNullOrEmpty(name)) return Widest;
        return Enum.TryParse<SimdWidth>(name, ignoreCase: true, out var width) && Enum.IsDefined(width)
            ? width
            : throw new ArgumentException($"SOFTPERM_SIMD is '{name}'; it must be one of {string.Join(", ", Enum.GetNames<SimdWidth>())}.", nameof(name));
    }
}
