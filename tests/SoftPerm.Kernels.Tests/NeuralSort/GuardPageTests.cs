using System.Numerics;
using SoftPerm.Kernels.Tests.Memory;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>No operator touches memory beside what it is given; if one does, the process dies.</summary>
/// <remarks>Scratch from the shared pools has no guards; that it is written before it is read, <see cref="ScratchTests"/> see to.</remarks>
public sealed class GuardPageTests
{
    private static readonly int[] Sequences = [1, 3, 9], Columns = [1, 3, 9];

    public static TheoryData<string> Names { get; } = [.. Operators.Names];

    [Theory, MemberData(nameof(Names))]
    public void Doubles_stay_within_their_buffers(string name) => Check<double>(name);

    [Theory, MemberData(nameof(Names))]
    public void Floats_stay_within_their_buffers(string name) => Check<float>(name);

    private static void Check<T>(string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Assert.SkipUnless(!OperatingSystem.IsWindows(), "There is no mmap on Windows.");
        foreach (var items in Enumerable.Range(1, 70).Append(257))
            foreach (var shape in new[] { items % 9, (items + 4) % 9 })
                foreach (var guardAfter in new[] { true, false })
                    CheckShape<T>(name, items, Sequences[shape % 3], Columns[shape / 3], guardAfter);
    }

    private static void CheckShape<T>(string name, int items, int sequences, int columns, bool guardAfter)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using GuardedMemory guarded = new(guardAfter);
        using PinnedMemory pinned = new();
        var batch = Operators.Draw<T>("normal", items, sequences, Math.Pow(10, items % 5 - 2), items);
        if (items % 4 == 3) batch = batch with { Present = [.. Enumerable.Range(0, items * sequences).Select(k => k % 3 > 0)] };
        var expected = Operators.Run(name, batch with { Memory = pinned }, columns, items);
        Outcomes.AssertSame(expected, Operators.Run(name, batch with { Memory = guarded }, columns, items));
        Assert.True(guarded.IsIntact(), $"n = {items}, {sequences} sequences, {columns} columns: something was written beside a buffer.");
    }
}
