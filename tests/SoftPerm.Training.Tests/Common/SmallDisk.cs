using System.Diagnostics;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Training.Tests.Common;

/// <summary>A real disk of one mebibyte: a Linux tmpfs, mounted for the test. The test is skipped where that is not permitted.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public SmallDisk()
    {
        if (OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.Path) == 0) return;
        folder.Dispose();
        Assert.Skip("Mounting a small disk needs Linux and root.");
    }

    public string Path => folder.Path;

    public void MakeReadOnly() => Assert.Equal(0, Run("mount", "-o", "remount,ro", folder.Path));

    public void Dispose()
    {
        Assert.Equal(0, Run("umount", folder.Path));
        folder.Dispose();
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
