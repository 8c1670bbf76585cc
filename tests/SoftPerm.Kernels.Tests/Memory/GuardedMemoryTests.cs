using Xunit;

namespace SoftPerm.Kernels.Tests.Memory;

public sealed class GuardedMemoryTests
{
    [Theory, InlineData(true, -1), InlineData(false, 3)]
    public void Writes_beside_a_buffer_are_seen(bool guardAfter, int outside)
    {
        Assert.SkipUnless(!OperatingSystem.IsWindows(), "There is no mmap on Windows.");
        using var memory = new GuardedMemory(guardAfter);
        var buffer = memory.Of<double>([1, 2, 3]);
        Assert.True(memory.IsIntact());
        unsafe
        {
            fixed (double* first = &buffer[0]) first[outside] = 0;
        }

        Assert.False(memory.IsIntact());
    }
}
