namespace SoftPerm;

/// <summary>Logarithms of the entries of relaxed sorting networks, which may be 0.</summary>
internal static class NetworkLog
{
    /// <summary>The logarithm of the entries or of the smallest normal number of their type, whichever is larger.</summary>
    public static Tensor Of(Tensor entries) => entries.clamp_min(Number(entries.dtype == float32 ? 1.17549435e-38f : 2.2250738585072014e-308)).log();
}
