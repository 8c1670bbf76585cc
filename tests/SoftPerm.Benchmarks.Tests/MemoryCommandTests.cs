using SoftPerm.Benchmarks.Ratios;
using Xunit;

namespace SoftPerm.Benchmarks.Tests;

[Collection(nameof(MemoryCommandTests)), CollectionDefinition(nameof(MemoryCommandTests), DisableParallelization = true)]
public sealed class MemoryCommandTests
{
    [Fact]
    public void A_step_needs_memory_for_its_result_and_gradient()
    {
        Assert.SkipUnless(File.Exists("/proc/self/clear_refs"), "Peak memory is read from Linux's /proc.");
        const long Items = 1_000_000;
        var bytes = MemoryCommand.Measure(new Case(1, Items, [Methods.Sort]), Methods.Sort);
        // Sorted values, their indices and the gradient; above, room for what the test process itself takes meanwhile (117 MB were seen).
        Assert.InRange(bytes, 16 * Items, 300 * Items);
    }
}
