using System.Reflection;
using SoftPerm.Paper.Studies;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Paper.Tests.Studies;

public sealed class PeakMemoryTests
{
    [Fact]
    public void A_program_that_is_not_what_runs_is_not_started() => Assert.Null(PeakMemory.OfFreshProcess(typeof(PeakMemory).Assembly, "memory"));

    [Fact]
    public void A_process_that_fails_is_told()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Peak memory is read from Linux's /proc.");
        var error = Assert.Throws<UserErrorException>(() => PeakMemory.OfFreshProcess(Assembly.GetEntryAssembly()!, "--no-such-option"));
        Assert.Contains("--no-such-option", error.Message, StringComparison.Ordinal);
    }
}
