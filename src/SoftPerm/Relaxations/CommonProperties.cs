namespace SoftPerm.Relaxations;

/// <summary>What several relaxations have in common.</summary>
internal static class CommonProperties
{
    /// <summary>Those of a plan of transport to places.</summary>
    public const RelaxationProperties Transport =
        RelaxationProperties.Matrix | RelaxationProperties.ShiftInvariant | RelaxationProperties.ScaleEquivariant
        | RelaxationProperties.MonotoneOutput | RelaxationProperties.UniformWhenHot | RelaxationProperties.PermutationEquivariant;

    /// <summary>What an ordering made of a relaxation may keep of it: it is none itself, and cannot be made hot.</summary>
    public const RelaxationProperties OfComposites = ~(RelaxationProperties.Matrix | RelaxationProperties.UniformWhenHot);

    /// <summary>Those of rows that each have their peak where the sort has them.</summary>
    public const RelaxationProperties Sorting = Transport | RelaxationProperties.ArgmaxSorts | RelaxationProperties.Unimodal;
}
