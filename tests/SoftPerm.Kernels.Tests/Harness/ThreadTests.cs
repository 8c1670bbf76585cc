using System.Numerics;
using System.Runtime.InteropServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Kernels.Tests.Memory;
using Xunit;

namespace SoftPerm.Kernels.Tests.Harness;

/// <summary>How many threads work changes no bit of what any kernel computes.</summary>
public sealed class ThreadTests
{
    private const int LongestMatrix = 50;

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
        for (var seed = 0; seed < 2; seed++) Check<double>(name, new SortCase(4 * 2048 + 5, 1, 3, seed)); // temperatures of several orders
        Check<float>(name, new SortCase(100_003, 1, 1, 4)); // the parallel radix sort, and several pieces of places
    }

    private static void Check<T>(string name, SortCase it)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        it = it.Draw();
        var expected = Run<T>(name, it with { Threads = 1 });
        foreach (var threads in new[] { 2, 4 })
            foreach (var (one, several) in expected.Zip(Run<T>(name, it with { Threads = threads })))
                Assert.True(one.Bytes.AsSpan().SequenceEqual(several.Bytes), $"{name}, {threads} threads, {it}: {one.What} differs.");
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
