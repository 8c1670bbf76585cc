using System.Numerics;
using System.Runtime.InteropServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Kernels.Tests.Memory;
using SoftPerm.Kernels.Tests.NeuralSort;
using Xunit;

namespace SoftPerm.Kernels.Tests.Harness;

/// <summary>Neither threads nor what scratch held change a bit of what a kernel computes, at any temperature; vectors change roundings only.</summary>
public sealed class InvarianceTests
{
    private const int LongestMatrix = 70;

    private static readonly double[] Temperatures = [1e-3, 1, 1e3];

    public static TheoryData<string> Names { get; } = [.. TestedKernel.All.Select(kernel => kernel.Name)];

    // Work below some thousand items is left to one thread.
    [Theory, MemberData(nameof(Names))]
    public void Batches_are_the_same_on_any_number_of_threads(string name)
    {
        Check<double>(name, new SortCase(100, 90, 3, 2));
        Check<float>(name, new SortCase(20, 503, 3, 3)); // lanes, the last group not full
    }

    [Theory, InlineData("NeuralSort"), InlineData("SoftSort 1"), InlineData("SoftSort 2"), InlineData("LapSum")]
    public void Long_sequences_are_the_same_on_any_number_of_threads(string name)
    {
        foreach (var temperature in Temperatures) Check<double>(name, new SortCase(4 * 2048 + 5, 1, 3, 1) { Temperature = temperature });
        Check<float>(name, new SortCase(100_003, 1, 1, 4)); // the parallel radix sort, and several pieces of places
    }

    /// <summary>Several stretches and pieces, beyond the lengths that definitions reach.</summary>
    [Theory, InlineData("NeuralSort"), InlineData("SoftSort 1"), InlineData("SoftSort 2"), InlineData("LapSum")]
    public void Long_sequences_do_not_depend_on_what_scratch_held(string name)
    {
        foreach (var temperature in Temperatures)
        {
            var it = new SortCase(3 * 2048 + 5, 1, 3, 1) { Kind = "clusters", Temperature = temperature }.Draw();
            var expected = Run<double>(name, it);
            SharedPools.Soil(1 << 17);
            AssertSame(name, it, expected, Run<double>(name, it));
        }
    }

    public static MatrixTheoryData<string, SimdWidth> Widths { get; } =
        new([.. TestedKernel.All.Where(kernel => kernel.HasWidths).Select(kernel => kernel.Name)], [SimdWidth.Vector128, SimdWidth.Vector256, SimdWidth.Vector512]);

    /// <summary>Of the largest number of each result; those not in hardware run in software.</summary>
    [Theory, MemberData(nameof(Widths))]
    public void Every_width_gives_what_plain_arithmetic_gives(string name, SimdWidth width)
    {
        foreach (var items in new[] { 1, 2, 5, 8, 17, 32, 33, 70, 200 })
            foreach (var kind in ScoreKinds.Names)
                foreach (var temperature in Temperatures)
                {
                    var it = new SortCase(items, items > 33 ? 2 : 9, 3, items) { Kind = kind, Temperature = temperature }.Draw();
                    var expected = Run<double>(name, it with { Width = SimdWidth.Scalar });
                    foreach (var ((what, bytes), (_, others)) in expected.Zip(Run<double>(name, it with { Width = width })))
                    {
                        ReadOnlySpan<double> a = MemoryMarshal.Cast<byte, double>(bytes), b = MemoryMarshal.Cast<byte, double>(others);
                        double largest = 0;
                        foreach (var number in a) largest = double.IsFinite(number) ? Math.Max(largest, Math.Abs(number)) : largest;
                        var isSlope = what.EndsWith("temperatures", StringComparison.Ordinal);
                        var isGradient = isSlope || what.EndsWith("scores", StringComparison.Ordinal);
                        var allowed = (isSlope ? Tolerances.WidthsOfSlopes : Tolerances.Widths) * (largest + (isGradient ? 1 / it.Temperatures.Min() : 1));
                        for (var k = 0; k < a.Length; k++)
                            Assert.True(a[k].Equals(b[k]) || Math.Abs(a[k] - b[k]) <= allowed, $"{name}, {what}, {width}, {it}: {a[k]:R} and {b[k]:R} at {k}.");
                    }
                }
    }

    private static void Check<T>(string name, SortCase it)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        it = it.Draw();
        var expected = Run<T>(name, it with { Threads = 1 });
        foreach (var threads in new[] { 2, 4 })
            AssertSame($"{name}, {threads} threads", it, expected, Run<T>(name, it with { Threads = threads }));
    }

    private static void AssertSame(string context, SortCase it, List<(string What, byte[] Bytes)> expected, List<(string What, byte[] Bytes)> found)
    {
        foreach (var (one, other) in expected.Zip(found)) Assert.True(one.Bytes.AsSpan().SequenceEqual(other.Bytes), $"{context}, {it}: {one.What} differs.");
    }

    private static List<(string What, byte[] Bytes)> Run<T>(string name, SortCase it)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var memory = new PinnedMemory();
        var inputs = SortInputs<T>.Of(it, memory);
        using var sorted = SortedItems.Of(inputs.Scores, inputs.Present, it.Temperatures, it.Items, it.Descending, it.Threads);
        using var operators = TestedKernel.Named(name).Create<T>(sorted, new ItemMatrix<T>(inputs.Scores, it.Items, 1), it.Width, it.Threads);
        List<(string, byte[])> outcome = [];
        foreach (var member in Member<T>.Of(operators, it, inputs).Where(member => it.Items <= LongestMatrix || member.Name is not ("P" or "log P")))
        {
            var result = memory.Filled(it.Sequences * member.Size, T.Zero);
            using var tape = member.Forward(result, true);
            Record($"{member.Name}", result);
            if (member.Backward is null) continue;
            var to = new Gradients<T>(
                new ItemMatrix<T>(member.Adjoint is null ? default : memory.Filled(it.Values.Length, T.Zero), it.Items, it.Columns),
                new ItemMatrix<T>(memory.Filled(it.Scores.Length, T.Zero), it.Items, 1), memory.Filled(it.Sequences, 0.0));
            member.Backward(tape, memory.Of<T>([.. SortCase.Numbers(it.Sequences * member.Size, new Random(it.Seed + 1)).Select(T.CreateChecked)]), to);
            Record($"{member.Name}, values", to.Values.Data);
            Record($"{member.Name}, scores", to.Scores.Data);
            Record($"{member.Name}, temperatures", to.Temperatures);
        }

        GC.KeepAlive(memory); // buffers point into it, which the collector does not see
        return outcome;

        void Record<TEntry>(string what, Buffer<TEntry> buffer)
            where TEntry : unmanaged => outcome.Add((what, MemoryMarshal.AsBytes(buffer.Span(0, (int)buffer.Length)).ToArray()));
    }
}
