namespace SoftPerm;

/// <summary>Which way <see cref="Soft"/> computes forward and backward.</summary>
public enum SoftMode
{
    /// <summary>The relaxation forward and backward.</summary>
    Soft,

    /// <summary>The exact sort forward and backward: the gradient of a gather, none through the order.</summary>
    Hard,

    /// <summary>The exact sort forward, the relaxation's gradient backward.</summary>
    StraightThrough,
}
