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
    public void Doubles_are_those_of_one_list_after_the_other(SimdWidth width) => Batches.Sample(lists => Agree<double>(lists, width));

    [Theory, MemberData(nameof(Widths))]
    public void Floats_are_those_of_one_list_after_the_other(SimdWidth width) => Batches.Sample(lists => Agree<float>(lists, width));

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

    [Theory, InlineData(1e29f, true), InlineData(2e30f, false), InlineData(float.NaN, false)]
    public void Floats_have_the_same_bound(float score, bool isAccepted)
    {
        using var memory = new PinnedMemory();
        Assert.Equal(isAccepted, ShortLists<float>.Accepts(new(memory.Filled(10, score), default, memory.Filled(2, 1.0), 5, true)));
    }

    [Fact]
    public void They_are_taken_where_they_can_be()
    {
        using var memory = new PinnedMemory();
        ScoreBatch<float> batch = new(memory.Filled(6, 1f), default, memory.Filled(2, 1.0), 3, true), masked = batch with { Present = memory.Filled(6, true) };
        Assert.Equal(SimdWidths.InUse != SimdWidth.Scalar, IsShort(batch, isEntropic: false, learnsTemperature: false));
        Assert.False(IsShort(batch, isEntropic: true, learnsTemperature: false));
        Assert.False(IsShort(batch, isEntropic: false, learnsTemperature: true));
        Assert.False(IsShort(masked, isEntropic: false, learnsTemperature: false));

        static bool IsShort(ScoreBatch<float> batch, bool isEntropic, bool learnsTemperature)
        {
            using var operators = PermutahedronOperators<float>.Of(batch, ProjectionTarget.Sort, isEntropic, learnsTemperature, 1);
            return operators is ShortLists<float>;
        }
    }

    [Fact]
    public void Two_threads_treat_all_of_a_large_batch()
    {
        var random = new Random(5);
        foreach (var target in (ProjectionTarget[])[ProjectionTarget.Sort, ProjectionTarget.Rank])
            Agree<float>(Lists.Random(5, 2001, target, true, false, random), SimdWidths.Widest);
    }

    [Theory, MemberData(nameof(Widths))]
    public void Gradients_agree_with_finite_differences(SimdWidth width)
    {
        const double step = Tolerances.Step;
        var random = new Random(6);
        foreach (var target in (ProjectionTarget[])[ProjectionTarget.Sort, ProjectionTarget.Rank, ProjectionTarget.TopK(2)])
        {
            var lists = Lists.Random(6, 5, target, false, false, random) with { Scores = [.. Enumerable.Range(0, 30).Select(_ => 4 * random.NextDouble())] };
            var gradients = Run<double>(lists, width).Gradients;
            for (var at = 0; at < gradients.Length; at++)
                Compare.Close((Loss(lists, width, at, step) - Loss(lists, width, at, -step)) / (2 * step), gradients[at], Tolerances.CentralDifference, Tolerances.CentralDifference);
        }
    }

    [Theory, InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void What_comes_from_above_stays_in_its_block(double upstream)
    {
        foreach (var target in (ProjectionTarget[])[ProjectionTarget.Sort, ProjectionTarget.Rank])
        {
            // Sorted softly at 1e-3, and ranked at 1, the first two scores are blocks of their own.
            var lists = new Lists(5, [9, 6, 3, 0.1, 0], [upstream, 1, 2, 3, 4], [target.IsSort ? 1e-3 : 1], true, target);
            Assert.Equal(Run<double>(lists, null).Gradients, Run<double>(lists, SimdWidths.Widest).Gradients);
            Assert.Equal(target.IsSort ? upstream : 0, Run<double>(lists, SimdWidths.Widest).Gradients[0]);
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void Equal_scores_share_their_ranks_however_cold(SimdWidth width)
    {
        var (values, gradients) = Run<double>(new Lists(5, [2, 1, 2, 0.5, 1, 0, 0, 0, 0, 0], [.. Enumerable.Repeat(1.0, 10)], [1e-25, 1e-29], true, ProjectionTarget.Rank), width);
        Assert.Equal([3.5, 1.5, 3.5, 0, 1.5, 2, 2, 2, 2, 2], values);
        Assert.All(gradients, gradient => Assert.Equal(0, gradient));
    }

    /// <summary>The lowest of three equal scores just touches what lies below, but for a rounding; the others are no further off.</summary>
    [Theory, MemberData(nameof(Widths))]
    public void Equal_scores_are_in_one_block(SimdWidth width)
    {
        foreach (var (temperature, below) in from tenths in Enumerable.Range(1, 30) from score in (double[])[0, 0.1, 0.7] select (tenths / 10.0, score))
        {
            double[] scores = [below + temperature, below + temperature, below, below + temperature, below - 5];
            var lists = new Lists(5, scores, [1, 1, 2, 1, 5], [temperature], true, ProjectionTarget.TopK(3));
            foreach (var numbers in (double[][])[Run<double>(lists, width).Values, Run<double>(lists, width).Gradients, Run<double>(lists, null).Values, Run<double>(lists, null).Gradients])
                Assert.Equal([numbers[0], numbers[0]], [numbers[1], numbers[3]]);
        }
    }

    private static double Loss(Lists lists, SimdWidth width, int at, double step)
    {
        double[] scores = [.. lists.Scores];
        scores[at] += step;
        return Run<double>(lists with { Scores = scores }, width).Values.Zip(lists.Upstream, (value, weight) => value * weight).Sum();
    }

    private static void Agree<T>(Lists lists, SimdWidth width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (values, gradients) = Run<T>(lists, width);
        var (expected, expectedGradients) = Run<T>(lists, null);
        var tolerance = Tolerances.ShortLists<T>();
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
        Assert.True(memory.IsIntact());
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
