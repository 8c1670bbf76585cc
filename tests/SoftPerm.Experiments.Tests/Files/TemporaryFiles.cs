using SoftPerm.Experiments.Tests.Runs;

namespace SoftPerm.Experiments.Tests.Files;

/// <summary>Puts files into a test's folder and gives their paths.</summary>
internal static class TemporaryFiles
{
    public static string Text(this TemporaryFolder folder, string name, string content)
    {
        File.WriteAllText(folder.At(name), content);
        return folder.At(name);
    }

    public static string Bytes(this TemporaryFolder folder, string name, byte[] content)
    {
        File.WriteAllBytes(folder.At(name), content);
        return folder.At(name);
    }
}
