namespace SoftPerm.Experiments.Datasets;

/// <summary>A file of a data set that was read whole and found right.</summary>
/// <param name="Path">The file.</param>
/// <param name="Content">What is in it, such as "60000 images of 28×28".</param>
/// <param name="Md5">Its checksum.</param>
public sealed record VerifiedFile(string Path, string Content, string Md5);
