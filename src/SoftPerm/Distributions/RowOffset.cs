namespace SoftPerm.Distributions;

/// <summary>What rows of logits have in common, which costs the noise added to them its digits in a narrow type.</summary>
internal static class RowOffset
{
    /// <summary>Counts rows from their number nearest to 0: for what is blind to an offset of a row.</summary>
    /// <remarks>No number gets more than twice as large, so that none loses more than a bit by it.</remarks>
    /// <param name="rows">Shape [..., n]; not all infinite.</param>
    /// <param name="mask">Which items are there, or null; what the others hold does not count.</param>
    /// <returns>The differences, with the gradient of the rows.</returns>
    public static Tensor TakenFrom(Tensor rows, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var numbers = rows.detach();
        var sizes = mask is null ? numbers.abs() : numbers.abs().masked_fill(mask.logical_not(), Number(double.PositiveInfinity));
        return rows.sub(numbers.gather(-1, sizes.argmin(-1, keepdim: true))).MoveToOuterDisposeScope();
    }
}
