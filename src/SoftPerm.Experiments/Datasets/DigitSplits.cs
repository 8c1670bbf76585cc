namespace SoftPerm.Experiments.Datasets;

/// <summary>Digits for training, validation and test, which never mix.</summary>
/// <param name="Train">The training images but the last twelfth: 55,000 of MNIST's 60,000.</param>
/// <param name="Validation">The last twelfth of the training images: 5,000 of MNIST's.</param>
/// <param name="Test">The test images: MNIST's 10,000.</param>
public sealed record DigitSplits(ImageSet Train, ImageSet Validation, ImageSet Test)
{
    /// <summary>Splits a data set.</summary>
    public static DigitSplits Of(ImageDataset data)
    {
        var kept = data.Train.Count - data.Train.Count / 12;
        return new DigitSplits(data.Train.Slice(0, kept), data.Train.Slice(kept, data.Train.Count - kept), data.Test);
    }
}
