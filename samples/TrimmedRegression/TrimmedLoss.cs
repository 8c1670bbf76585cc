using static TorchSharp.torch;

namespace SoftPerm.Samples.TrimmedRegression;

/// <summary>A loss that leaves out the largest errors: least trimmed squares, if errors are squares. Copy it.</summary>
public static class TrimmedLoss
{
    private static readonly ScaleFree SmallestFirst = new(descending: false);

    /// <summary>The mean of the smallest errors, softly sorted, so that an error on the border counts in part and has a gradient.</summary>
    /// <param name="errors">One for each point, [n].</param>
    /// <param name="kept">How many to keep.</param>
    public static Tensor Of(Tensor errors, int kept) => Soft.TopK(errors, kept, SmallestFirst).Values.mean();
}
