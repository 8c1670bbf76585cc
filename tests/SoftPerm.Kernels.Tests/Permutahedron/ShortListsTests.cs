using System.Numerics;
using CsCheck;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Permutahedron;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Kernels.Tests.Memory;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Kernels.Tests.Permutahedron;

/// <summary>Projections of short lists side by side against those of one list after the other.</summary>
public sealed class ShortListsTests
{
    private static readonly Gen<Lists> Batches =
        from items in Gen.Int[1, ShortProjection.Longest]
        from count in Gen.Int[1, 19]
        from target in Gen.Int[0, items + 1]
        from largestFirst in Gen.Bool
        from isWhole in Gen.Bool
        from seed in Gen.Int
        select Lists.Random(
            items, count, target switch { 0 => ProjectionTarget.Sort, 1 => ProjectionTarget.Rank, _ => ProjectionTarget.TopK(target - 1) }, largestFirst, isWhole, new Random(seed));

    public static TheoryData<SimdWidth> Widths => [SimdWidth.Scalar, SimdWidth.Vector128, SimdWidth.Vector256, SimdWidth.Vector512];

    [Theory, MemberData(nameof(Widths))]
    public void Doubles_are_those_of_one_list_after_the_other(SimdWidth width) => Batches.Sample(lists => Agree<double>(lists, width, 1e-9));

    [Theory, MemberData(nameof(Widths))]
    public void Floats_are_those_of_one_list_after_the_other(SimdWidth width) => Batches.Sample(lists => Agree<float>(lists, width, 1e-6));

    [Theory, InlineData(double.NaN), InlineData(double.PositiveInfinity), InlineData(double.NegativeInfinity), InlineData(1e31)]
    public void Unusual_scores_are_left_to_others(double unusual)
    {
        for (var at = 0; at < 24; at++)
        {
            using var memory = new PinnedMemory();
            double[] scores = [.. Enumerable.Range(0, 24).Select(i => i == at ? unusual : i)];
            Assert.False(ShortLists<double>.Accepts(new(memory.Of<double>(scores), default, memory.Filled(8, 1.0), 3, true)));
        }
    }

    [Fact]
    public void Other_batches_are_left_to_others()
    {
        using var memory = new PinnedMemory();
        var (scores, temperatures) = (memory.Filled(18, 1.0), memory.Filled(2, 1.0));
        Assert.False(ShortLists<double>.Accepts(new(scores, default, temperatures, ShortProjection.Longest + 1, true)));
        Assert.False(ShortLists<double>.Accepts(new(scores, memory.Filled(18, true), temperatures, 3, true)));
        Assert.False(ShortLists<double>.Accepts(new(scores, default, memory.Filled(6, 1e-31), 3, true)));
        Assert.True(ShortLists<double>.Accepts(new(scores, default, memory.Filled(6, 1.0), 3, true)));
    }

    private static void Agree<T>(Lists lists, SimdWidth width, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (values, gradients) = Run<T>(lists, width);
        var (expected, expectedGradients) = Run<T>(lists, null);
        // Both count from the same score in the middle, as far off as 1e6; in doubles its roundings are 1e-10.
        Compare.Close(expected, values, tolerance, tolerance);
        Compare.Close(expectedGradients, gradients, tolerance, tolerance / lists.Temperatures.Min());
    }

    /// <summary>Results and gradients; without a width, of one list after the other.</summary>
    private static (double[] Values, double[] Gradients) Run<T>(Lists lists, SimdWidth? width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var memory = new GuardedMemory(guardAfter: lists.Descending);
        var count = lists.Scores.Length;
        var batch = new ScoreBatch<T>(memory.Of<T>([.. lists.Scores.Select(T.CreateTruncating)]), default, memory.Of<double>(lists.Temperatures), lists.Items, lists.Descending);
        Assert.True(ShortLists<T>.Accepts(batch));
        using var operators = width is { } w ? new ShortLists<T>(batch, lists.Target, w, 2) : PermutahedronOperators<T>.OfAny(batch, lists.Target, 2);
        var result = memory.Filled(count, T.CreateTruncating(TestMemory.Unwritten));
        operators.Forward(new ItemMatrix<T>(result, lists.Items, 1));
        var (upstream, gradient) = (memory.Of<T>([.. lists.Upstream.Select(T.CreateTruncating)]), memory.Filled(count, T.Zero));
        operators.Backward(new ItemMatrix<T>(upstream, lists.Items, 1), new ItemMatrix<T>(gradient, lists.Items, 1), default);
        Assert.True(memory.IsSlackIntact());
        return (Numbers(result), Numbers(gradient));
    }

    private static double[] Numbers<T>(Buffer<T> buffer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => [.. buffer.Span(0, (int)buffer.Length).ToArray().Select(double.CreateTruncating)];

    private sealed record Lists(int Items, double[] Scores, double[] Upstream, double[] Temperatures, bool Descending, ProjectionTarget Target)
    {
        /// <summary>Lists in which means tie exactly, as whole scores at temperatures that are powers of two do, or not at all: a tie by rounding
        /// has either of two gradients.</summary>
        public static Lists Random(int items, int count, ProjectionTarget target, bool descending, bool isWhole, Random random) => new(
            items,
            [.. Enumerable.Range(0, count * items).Select(_ => isWhole ? random.Next(-2, 4) : 1e6 * random.Next(-1, 2) * random.Next(0, 2) + 6 * random.NextDouble())],
            [.. Enumerable.Range(0, count * items).Select(_ => 2 * random.NextDouble() - 1)],
            [.. Enumerable.Range(0, count).Select(_ => isWhole ? Math.ScaleB(1, random.Next(-2, 3)) : Math.Pow(10, 4 * random.NextDouble() - 2))],
            descending, target);
    }
}
