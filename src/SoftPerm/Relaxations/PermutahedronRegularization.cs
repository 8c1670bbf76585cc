namespace SoftPerm;

/// <summary>What a projection onto the permutahedron minimizes.</summary>
public enum PermutahedronRegularization
{
    /// <summary>Half the squared distance: piecewise linear.</summary>
    Quadratic,

    /// <summary>The Kullback-Leibler divergence between exponentials: smooth within blocks.</summary>
    Entropic,
}
