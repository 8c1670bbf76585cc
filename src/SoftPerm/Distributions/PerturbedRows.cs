namespace SoftPerm;

/// <summary>Perturbed logits on their way from the wide type to that of the logits.</summary>
internal static class PerturbedRows
{
    /// <summary>Rounds rows for what is blind to an offset of a row: the number nearest to 0 is taken away, so that a common offset costs no noise.</summary>
    /// <remarks>No number gets more than twice as large, so that none loses more than a bit by it.</remarks>
    /// <param name="perturbed">Shape [..., n], in the wide type.</param>
    /// <param name="mask">Which items are there, or null; what the others hold does not count.</param>
    /// <param name="type">The type of the logits.</param>
    /// <returns>A tensor of its own, with the gradient of the perturbed logits.</returns>
    public static Tensor Rounded(Tensor perturbed, Tensor? mask, ScalarType type)
    {
        if (perturbed.dtype == type) return perturbed.alias();
        using var scope = NewDisposeScope();
        var fixedRows = perturbed.detach();
        var sizes = mask is null ? fixedRows.abs() : fixedRows.abs().masked_fill(mask.logical_not(), double.PositiveInfinity);
        return perturbed.sub(fixedRows.gather(-1, sizes.argmin(-1, keepdim: true))).to(type).MoveToOuterDisposeScope();
    }
}
