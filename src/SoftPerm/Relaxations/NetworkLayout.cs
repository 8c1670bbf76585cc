namespace SoftPerm;

/// <summary>Which items of a <see cref="SortingNetwork"/> meet, and in what order.</summary>
public enum NetworkLayout
{
    /// <summary>Odd-even transposition: n layers in which neighbours meet.</summary>
    OddEven,

    /// <summary>Bitonic sorting: k(k+1)/2 layers for up to 2^k items. Items missing from a power of two lose to all others.</summary>
    Bitonic,
}
