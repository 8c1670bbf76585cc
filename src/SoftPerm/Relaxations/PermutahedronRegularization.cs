namespace SoftPerm;

/// <summary>What a projection onto the permutahedron minimizes.</summary>
public enum PermutahedronRegularization
{
    /// <summary>Half the squared distance: piecewise linear. Results keep their sum: memberships that of k, ranks n (n - 1) / 2.</summary>
    Quadratic,

    /// <summary>The Kullback-Leibler divergence between exponentials: smooth within blocks. Results keep the sum of their exponentials, and
    /// their own sum is at least that of the exact ones: memberships sum to k or more.</summary>
    Entropic,
}
