namespace SoftPerm;

/// <summary>f, by which the items of a sorting network change places: f(x) = 1 - f(-x) rises from 0 to 1.</summary>
public enum SwapFunction
{
    /// <summary><c>½ + arctan(x) / π</c>. Monotonic: no sorted score falls as some score rises.</summary>
    Cauchy,

    /// <summary><c>½ + x / (1 + 2 |x|)</c>. Monotonic.</summary>
    Reciprocal,

    /// <summary><c>½ + x</c> up to |x| = ¼, from there <c>1 - 1 / (16 x)</c>, and its mirror image below. Monotonic, and nearest to
    /// an exact swap among functions of its slope.</summary>
    Optimal,

    /// <summary><c>1 / (1 + exp(-x))</c>.</summary>
    Logistic,

    /// <summary>The logistic function of <c>x / |x|^¼</c>, which draws scores away from ties; the infinite slope there counts as 0.</summary>
    LogisticWithReplacement,

    /// <summary>The distribution function of the normal distribution.</summary>
    Gaussian,
}
