using SoftPerm.Experiments.Datasets;

namespace SoftPerm.Experiments.Tests.Training;

/// <summary>A small data set of drawn digits.</summary>
internal static class SmallDigits
{
    public static ImageDataset Data { get; } =
        new("generated", GeneratedDigits.Draw(3, 0, 460), GeneratedDigits.Draw(3, 460, 60), new Dictionary<string, string>());
}
