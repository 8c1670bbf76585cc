using System.Numerics;
using System.Runtime.InteropServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Kernels.Tests.Definitions;
using SoftPerm.Kernels.Tests.Memory;
using SoftPerm.Kernels.Tests.NeuralSort;
using Xunit;

namespace SoftPerm.Kernels.Tests.Harness;

/// <summary>Takes a kernel through a case: every member, forward and backward, against the definition, in guarded memory.</summary>
/// <remarks>
/// <para>All that a kernel is given lies at a page that nobody may touch, and is as before afterwards if it is only read. What it writes
/// held nonsense before, or zero where gradients are added. Scratch is lent by pools and has no guards; tests soil it instead.</para>
/// <para>Gradients of scores and temperatures are compared along directions with what dual numbers give: along each group of equal scores
/// of a short sequence, along all scores at once of a long one. Equal scores move together, as most definitions have a kink there.</para>
/// </remarks>
internal sealed class SortHarness<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int LongestApart = 8, LongestTwice = 33; // where each direction has its share of the time

    private readonly TestedKernel kernel;
    private readonly SortCase it;
    private readonly TestMemory memory;
    private readonly SortInputs<T> inputs;
    private readonly SortedItems sorted;
    private readonly SortOperators<T> operators;
    private readonly DenseSequence[] alongTemperature;
    private readonly (double[] Direction, DenseSequence Sequence)[][] alongScores;
    private readonly ErrorMeter errors;

    private SortHarness(TestedKernel kernel, SortCase it, ErrorMeter errors)
    {
        (this.kernel, this.it, this.errors) = (kernel, it, errors);
        memory = GuardedMemory.OrPinned(it.GuardAfter);
        inputs = SortInputs<T>.Of(it, memory);
        sorted = SortedItems.Of(inputs.Scores, inputs.Present, it.Temperatures, it.Items, it.Descending, it.Threads);
        operators = kernel.Create<T>(sorted, new ItemMatrix<T>(inputs.Scores, it.Items, 1), it.Width, it.Threads);
        var random = new Random(it.Seed);
        alongTemperature = [.. Enumerable.Range(0, it.Sequences).Select(k => Dense(k, new double[it.Items], 1))];
        alongScores = [.. Enumerable.Range(0, it.Sequences).Select(k => Directions(k, random).Select(direction => (direction, Dense(k, direction, 0))).ToArray())];
    }

    /// <summary>Checks one case.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="it">The case, drawn.</param>
    /// <param name="errors">Remembers how far off it was.</param>
    /// <param name="fault">What to spoil, so as to see that it is noticed; null for nothing.</param>
    public static void Check(TestedKernel kernel, SortCase it, ErrorMeter errors, Func<Member<T>, Member<T>>? fault = null)
    {
        using var harness = new SortHarness<T>(kernel, it, errors);
        foreach (var member in Member<T>.Of(harness.operators, it, harness.inputs)) harness.Check(fault is null ? member : fault(member));
        Assert.True(harness.memory.IsIntact(), $"{kernel}, {it}: something was written beside a buffer, or into one that is only read.");
    }

    public void Dispose()
    {
        operators.Dispose();
        sorted.Dispose();
        memory.Dispose();
    }

    private void Check(Member<T> member)
    {
        errors.Context = $"{kernel}, {typeof(T).Name}, {member.Name}, {it}";
        // 1. The result, with a tape and without.
        var result = Unwritten(member.Size);
        using var tape = member.Forward(result, true);
        CheckResult(member, result);
        var again = Unwritten(member.Size);
        Assert.True(member.Forward(again, false) is null, $"{errors.Context}: a tape that nobody asked for.");
        AssertSame("result without a tape", result, again);

        if (member.Backward is not { } backward) return;

        // 2. The gradients, all at once.
        var upstream = memory.Input<T>(Converted(SortCase.Numbers(it.Sequences * member.Size, new Random(it.Seed + 1))));
        var gradients = New(member);
        backward(tape, upstream, gradients);
        CheckGradients(member, upstream, gradients);

        // 3. Again from the same tape, on two threads at once; without one; each by itself; and added to what is there.
        Gradients<T> first = New(member), second = New(member), without = New(member);
        Parallel.Invoke(() => backward(tape, upstream, first), () => backward(tape, upstream, second));
        backward(null, upstream, without);
        AssertSame("gradients on one thread of two", gradients, first);
        AssertSame("gradients on the other thread", gradients, second);
        AssertSame("gradients without a tape", gradients, without);
        Gradients<T> alone = New(member);
        backward(tape, upstream, new Gradients<T>(alone.Values, default, default));
        backward(tape, upstream, new Gradients<T>(default, alone.Scores, default));
        backward(tape, upstream, new Gradients<T>(default, default, alone.Temperatures));
        AssertSame("gradients one at a time", gradients, alone);
        backward(tape, upstream, first);
        AssertTwice("score gradients", Numbers(gradients.Scores.Data), Numbers(first.Scores.Data));
        AssertTwice("temperature gradients", Numbers(gradients.Temperatures), Numbers(first.Temperatures));
    }

    private void CheckResult(Member<T> member, Buffer<T> result)
    {
        for (var k = 0; k < it.Sequences; k++)
        {
            double[] expected = [.. member.Expected(alongTemperature[k], k).Select(y => y.Value)];
            errors.Compare("result", expected, Part(result, k), Tolerances.Definition<T>(), Scale(expected));
        }
    }

    private void CheckGradients(Member<T> member, Buffer<T> upstream, Gradients<T> found)
    {
        for (var k = 0; k < it.Sequences; k++)
        {
            double[] g = Part(upstream, k), scores = Part(found.Scores.Data, k);
            var shape = alongTemperature[k].Shape;
            if (member.Adjoint is not null)
            {
                double[] expected = [.. member.Adjoint(alongTemperature[k], g).Select(y => y.Value)];
                errors.Compare("value gradient", expected, Part(found.Values.Data, k), Tolerances.Definition<T>(), Scale(expected));
            }

            if (member.IsSpoiled(shape, k))
            {
                Assert.True(double.IsNaN(found.Temperatures[k]), $"{errors.Context}: the temperature gradient should be NaN.");
                for (var item = 0; item < it.Items; item++)
                    Assert.True(shape.Order.Contains(item) ? double.IsNaN(scores[item]) : scores[item] == 0, $"{errors.Context}: the score gradient of item {item} is {scores[item]}.");
                continue;
            }

            // A loss that is infinite has no gradient; what kernels give then is the matter of the entries that are not 0.
            if (member.Expected(alongTemperature[k], k).Any(y => double.IsInfinity(y.Value)) && member.Name == "cross-entropy") continue;
            // How much a change of one score by its own temperature may move a loss of this size.
            var flow = g.Max(Math.Abs) * Math.Sqrt(g.Length) / it.Temperatures[k];
            errors.Compare("temperature gradient", [Slope(member, alongTemperature[k], k, g)], [found.Temperatures[k]], Tolerances.TemperatureGradient<T>(), flow * it.Items);
            foreach (var (direction, dense) in alongScores[k])
            {
                double along = 0, size = 0;
                for (var item = 0; item < it.Items; item++)
                {
                    along += scores[item] * direction[item];
                    size += Math.Abs(scores[item] * direction[item]);
                }

                errors.Compare("score gradient", [Slope(member, dense, k, g)], [along], Tolerances.ScoreGradient<T>(), size + flow);
            }
        }
    }

    private static double Slope(Member<T> member, DenseSequence dense, int k, double[] upstream)
    {
        double slope = 0;
        foreach (var (y, g) in member.Expected(dense, k).Zip(upstream)) slope += g * y.Slope;
        return slope;
    }

    private static double Scale(double[] expected) => Math.Max(1, expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max());

    private DenseSequence Dense(int k, double[] direction, double temperatureSlope) => new(
        kernel.Definition,
        [.. Enumerable.Range(0, it.Items).Select(item => new Dual(it.Scores[k * it.Items + item], direction[item]))],
        it.Present.Length == 0 ? [] : it.Present[(k * it.Items)..((k + 1) * it.Items)],
        new Dual(it.Temperatures[k], temperatureSlope), it.Descending, typeof(T) == typeof(float));

    private IEnumerable<double[]> Directions(int k, Random random)
    {
        var scores = it.Scores[(k * it.Items)..((k + 1) * it.Items)];
        var groups = scores.Distinct().ToArray();
        if (it.Items <= LongestApart) return groups.Select(group => scores.Select(s => s.Equals(group) ? 1.0 : 0).ToArray());
        return it.Items <= LongestTwice ? [Random(), Random()] : [Random()];

        double[] Random()
        {
            var each = groups.ToDictionary(group => group, _ => ScoreKinds.Normal(random));
            return [.. scores.Select(s => each[s])];
        }
    }

    private Buffer<T> Unwritten(int size) => memory.Filled(it.Sequences * size, T.CreateChecked(TestMemory.Unwritten));

    private Gradients<T> New(Member<T> member) => new(
        new ItemMatrix<T>(member.Adjoint is null ? default : Unwritten(it.Items * it.Columns), it.Items, it.Columns),
        new ItemMatrix<T>(memory.Filled(it.Sequences * it.Items, T.Zero), it.Items, 1),
        memory.Filled(it.Sequences, 0.0));

    private double[] Part(Buffer<T> all, int k)
    {
        var size = (int)all.Length / it.Sequences;
        return Numbers(all, k * size, size);
    }

    private void AssertSame(string what, Gradients<T> expected, Gradients<T> found)
    {
        AssertSame(what, expected.Values.Data, found.Values.Data);
        AssertSame(what, expected.Scores.Data, found.Scores.Data);
        AssertSame(what, expected.Temperatures, found.Temperatures);
    }

    private void AssertSame<TEntry>(string what, Buffer<TEntry> expected, Buffer<TEntry> found)
        where TEntry : unmanaged
    {
        ReadOnlySpan<TEntry> a = expected.Span(0, (int)expected.Length), b = found.Span(0, (int)found.Length);
        if (MemoryMarshal.AsBytes(a).SequenceEqual(MemoryMarshal.AsBytes(b))) return;
        for (var k = 0; k < a.Length; k++)
            if (!a[k].Equals(b[k])) Assert.Fail($"{errors.Context}, {what}: {a[k]} and {b[k]} at {k}.");
    }

    private void AssertTwice(string what, double[] once, double[] twice)
    {
        var largest = Scale(once) + it.Items / it.Temperatures.Min();
        for (var k = 0; k < once.Length; k++)
        {
            // Several sums of up to this order are added one after the other, each rounded.
            if (twice[k].Equals(2 * once[k]) || Math.Abs(twice[k] - 2 * once[k]) <= Tolerances.Repetition<T>() * largest) continue;
            Assert.Fail($"{errors.Context}: {what} are to be added to what is there; {once[k]:R} twice gives {twice[k]:R} at {k}.");
        }
    }

    private static T[] Converted(double[] numbers) => [.. numbers.Select(T.CreateChecked)];

    private static double[] Numbers<TEntry>(Buffer<TEntry> buffer)
        where TEntry : unmanaged, IBinaryFloatingPointIeee754<TEntry> => Numbers(buffer, 0, (int)buffer.Length);

    private static double[] Numbers<TEntry>(Buffer<TEntry> buffer, int first, int count)
        where TEntry : unmanaged, IBinaryFloatingPointIeee754<TEntry>
    {
        var numbers = new double[count];
        for (var k = 0; k < count; k++) numbers[k] = double.CreateChecked(buffer[first + k]);
        return numbers;
    }
}
