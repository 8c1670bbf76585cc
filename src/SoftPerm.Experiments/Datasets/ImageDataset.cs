namespace SoftPerm.Experiments.Datasets;

/// <summary>A data set with its training and test images.</summary>
/// <param name="Name">The name it was opened by, such as <c>mnist</c>.</param>
/// <param name="Train">The training images, in the published order.</param>
/// <param name="Test">The test images, in the published order.</param>
/// <param name="Checksums">MD5 of each file, or of what a recipe made: file name or recipe to 32 hex digits.</param>
public sealed record ImageDataset(
    string Name, ImageSet Train, ImageSet Test, IReadOnlyDictionary<string, string> Checksums);
