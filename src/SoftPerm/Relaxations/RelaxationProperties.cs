namespace SoftPerm;

/// <summary>What a relaxation guarantees at every temperature; the conformance suite checks each of these flags.</summary>
[Flags]
public enum RelaxationProperties
{
    /// <summary>Nothing beyond the limit of low temperature, which all relaxations have.</summary>
    None = 0,

    /// <summary>It has a matrix P̂, whose rows sum to 1: it is a <see cref="Relaxation"/>.</summary>
    Matrix = 128,

    /// <summary>Columns sum to 1 too.</summary>
    DoublyStochastic = 1,

    /// <summary>The largest entry of each row is at the item that belongs there, and all of them together are the sort.</summary>
    ArgmaxSorts = 2,

    /// <summary>Along the sorted items, each row rises to one peak and falls from there.</summary>
    Unimodal = 4,

    /// <summary>Orders and ranks are blind to an offset: P(s + c) = P(s).</summary>
    ShiftInvariant = 8,

    /// <summary>Scores c times as large, with τ changed as its unit says, give the same orders and ranks, and values c times as large.</summary>
    ScaleEquivariant = 256,

    /// <summary>Softly sorted scores do not rise from place to place.</summary>
    MonotoneOutput = 16,

    /// <summary>τ → ∞ gives the uniform matrix, or where there is none the mean of all values and of all ranks.</summary>
    UniformWhenHot = 32,

    /// <summary>The order in which items are given does not matter: the columns of P̂ follow them, and so do gradients, also those of equal scores.</summary>
    /// <remarks>But for values that <see cref="Permutahedron"/> sorts: where nothing is pooled, each place is the value of one item, and the first of equal ones
    /// given comes first.</remarks>
    PermutationEquivariant = 64,
}
