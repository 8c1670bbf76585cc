namespace SoftPerm;

/// <summary>What a relaxation guarantees of its matrix P̂, at every temperature; the conformance suite checks each claim.</summary>
[Flags]
public enum RelaxationProperties
{
    /// <summary>Nothing beyond rows that sum to 1 and the limit of low temperature, which all relaxations have.</summary>
    None = 0,

    /// <summary>Columns sum to 1 too.</summary>
    DoublyStochastic = 1,

    /// <summary>The largest entry of each row is at the item that belongs there, and all of them together are the sort.</summary>
    ArgmaxSorts = 2,

    /// <summary>Along the sorted items, each row rises to one peak and falls from there.</summary>
    Unimodal = 4,

    /// <summary>P(s + c) = P(s).</summary>
    ShiftInvariant = 8,

    /// <summary>The softly sorted scores P̂ s do not rise from place to place.</summary>
    MonotoneOutput = 16,

    /// <summary>τ → ∞ gives the uniform matrix.</summary>
    UniformWhenHot = 32,
}
