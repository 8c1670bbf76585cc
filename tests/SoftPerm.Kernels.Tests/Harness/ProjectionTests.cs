using System.Numerics;
using SoftPerm.Kernels.LapSum;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Permutahedron;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Kernels.Tests.Definitions;
using SoftPerm.Kernels.Tests.Memory;
using SoftPerm.Kernels.Tests.NeuralSort;
using Xunit;

namespace SoftPerm.Kernels.Tests.Harness;

/// <summary>Kernels of one number an item against their definitions, at every length: projections onto the permutahedron, and LapSum's choice of a real k.</summary>
/// <remarks>As <see cref="SortHarness{T}"/> does, in guarded memory; each is short enough to be called by itself.</remarks>
public sealed class ProjectionTests(ITestOutputHelper output)
{
    private const int LongestTwice = 70;

    /// <summary>Regularization and target, as in <see cref="Target"/>; "short" are the short lists side by side.</summary>
    public static MatrixTheoryData<string, string> Projections { get; } = new(["quadratic", "entropic", "short"], ["rank", "sort", "top k"]);

    [Theory, MemberData(nameof(Projections))]
    public void Doubles_agree_with_the_definition(string kind, string target) => CheckProjections<double>(kind, target);

    [Theory, MemberData(nameof(Projections))]
    public void Floats_agree_with_the_definition(string kind, string target) => CheckProjections<float>(kind, target);

    [Fact]
    public void Choices_of_a_real_number_of_doubles_agree_with_the_definition() => CheckChoices<double>();

    [Fact]
    public void Choices_of_a_real_number_of_floats_agree_with_the_definition() => CheckChoices<float>();

    private static ProjectionTarget Target(string name, int items) =>
        name switch { "sort" => ProjectionTarget.Sort, "rank" => ProjectionTarget.Rank, _ => ProjectionTarget.TopK(1 + items / 3) };

    private void CheckProjections<T>(string kind, string target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => ForEachCase(kind == "short" ? ShortProjection.Longest : 257, (it, errors) =>
    {
        var isShort = kind == "short";
        if (isShort) it = (it with { Kind = it.Kind is "ties" or "offset" or "clusters" ? it.Kind : "normal", IsMasked = false }).Draw();
        errors.Context = $"{kind}, {target}, {typeof(T).Name}, {it}";
        using var memory = GuardedMemory.OrPinned(it.GuardAfter);
        var batch = new ScoreBatch<T>(memory.Input<T>(Converted<T>(it.Scores)), memory.Input<bool>(it.Present), memory.Input<double>(it.Temperatures), it.Items, it.Descending);
        var to = Target(target, it.Items);
        using var operators = !isShort ? kind == "entropic" ? PermutahedronOperators<T>.Of(batch, to, true, true, it.Threads) : PermutahedronOperators<T>.OfAny(batch, to, it.Threads)
            : new ShortLists<T>(batch, to, it.Width, it.Threads);
        var y = memory.Filled(it.Scores.Length, T.CreateChecked(TestMemory.Unwritten));
        operators.Forward(new ItemMatrix<T>(y, it.Items, 1));
        var upstream = memory.Input<T>(Converted<T>(SortCase.Numbers(it.Scores.Length, new Random(it.Seed + 1))));
        ItemMatrix<T> g = new(upstream, it.Items, 1), once = new(memory.Filled(it.Scores.Length, T.Zero), it.Items, 1), again = new(memory.Filled(it.Scores.Length, T.Zero), it.Items, 1);
        Buffer<double> slopes = isShort ? default : memory.Filled(it.Sequences, 0.0), more = isShort ? default : memory.Filled(it.Sequences, 0.0);
        Parallel.Invoke(() => operators.Backward(g, once, slopes), () => operators.Backward(g, again, more));
        Assert.Equal(Numbers(once.Data), Numbers(again.Data));
        if (!isShort) operators.Backward(g, default, more); // temperatures alone, added
        for (var k = 0; k < it.Sequences; k++)
        {
            var shape = ShapeOf(it, k);
            Compare(errors, it, k, y, upstream, once.Data, isShort ? null : slopes[k],
                (scores, temperature) => Dense(scores, temperature, shape, to, kind == "entropic", it.Descending), to.IsSort ? shape.HasNaN : !shape.IsAllSettled(0, it.Items));
            if (!isShort && double.IsFinite(slopes[k])) Assert.Equal(2 * slopes[k], more[k]);
        }

        Assert.True(memory.IsIntact(), $"{errors.Context}: something was written beside a buffer, or into one that is only read.");
    });

    private void CheckChoices<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => ForEachCase(257, (it, errors) =>
    {
        errors.Context = $"real k, {typeof(T).Name}, {it}";
        using var memory = GuardedMemory.OrPinned(it.GuardAfter);
        var random = new Random(it.Seed + 2);
        double[] numbers = [.. Enumerable.Range(0, it.Sequences).Select(_ => (double)(float)(it.Items * random.NextDouble()))];
        using var sorted = SortedItems.Of(memory.Input<T>(Converted<T>(it.Scores)), memory.Input<bool>(it.Present), it.Temperatures, it.Items, it.Descending, it.Threads);
        using var choice = new TopKChoice<T>(sorted, it.Threads);
        var k = memory.Input<T>(Converted<T>(numbers));
        var y = memory.Filled(it.Scores.Length, T.CreateChecked(TestMemory.Unwritten));
        choice.Forward(k, new ItemMatrix<T>(y, it.Items, 1));
        var upstream = memory.Input<T>(Converted<T>(SortCase.Numbers(it.Scores.Length, new Random(it.Seed + 1))));
        ItemMatrix<T> g = new(upstream, it.Items, 1), scores = new(memory.Filled(it.Scores.Length, T.Zero), it.Items, 1);
        var slopes = memory.Filled(it.Sequences, 0.0);
        var ofK = memory.Filled(it.Sequences, T.CreateChecked(TestMemory.Unwritten));
        choice.Backward(k, g, ofK, scores, slopes);
        choice.Backward(k, g, default, default, default);
        for (var s = 0; s < it.Sequences; s++)
        {
            var shape = ShapeOf(it, s);
            var number = numbers[s];
            var isSpoiled = !shape.IsAllSettled(0, (int)Math.Clamp(Math.Ceiling(number), 0, it.Items));
            Compare(errors, it, s, y, upstream, scores.Data, slopes[s],
                (values, temperature) => DenseChoice(values, temperature, number, shape, it.Descending), isSpoiled);
            if (number != Math.Floor(number) || isSpoiled)
            {
                var expected = DenseChoice([.. Scores(it, s).Select(x => (Dual)x)], it.Temperatures[s], new Dual(number, 1), shape, it.Descending)
                    .Zip(Part(upstream, s, it), (choice, weight) => choice.Slope * weight).Sum();
                errors.Compare("gradient of k", [isSpoiled ? double.NaN : expected], [double.CreateChecked(ofK[s])], Tolerances.ScoreGradient<T>(), Math.Max(1, Math.Abs(expected)));
            }
        }

        Assert.True(memory.IsIntact(), $"{errors.Context}: something was written beside a buffer, or into one that is only read.");
    });

    private void ForEachCase(int longest, Action<SortCase, ErrorMeter> check)
    {
        var errors = new ErrorMeter();
        try
        {
            for (var items = 1; items <= longest; items++)
                for (var variant = 0; variant < (items <= LongestTwice ? 2 : 1); variant++) check(SortCase.Of(items, variant).Draw(), errors);
        }
        finally
        {
            output.WriteLine(errors.ToString());
        }
    }

    /// <summary>Compares the result and the gradients of one sequence with a definition of finite and other scores.</summary>
    private static void Compare<T>(
        ErrorMeter errors, SortCase it, int k, Buffer<T> result, Buffer<T> upstream, Buffer<T> scoreGradient, double? slope, Func<Dual[], Dual, Dual[]> dense, bool isSpoiled)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] scores = Scores(it, k), g = Part(upstream, k, it), gradient = Part(scoreGradient, k, it);
        var alongTemperature = dense([.. scores.Select(s => (Dual)s)], new Dual(it.Temperatures[k], 1));
        double[] expected = [.. alongTemperature.Select(y => y.Value)];
        errors.Compare("result", expected, Part(result, k, it), Tolerances.Definition<T>(), expected.Where(double.IsFinite).Select(Math.Abs).Append(1).Max());
        if (isSpoiled)
        {
            if (slope is { } number) Assert.True(double.IsNaN(number), errors.Context);
            Assert.All(ShapeOf(it, k).Order, item => Assert.True(double.IsNaN(gradient[item]), errors.Context));
            return;
        }

        var flow = g.Max(Math.Abs) * Math.Sqrt(it.Items) * Math.Max(1, 1 / it.Temperatures[k]);
        if (slope is { } found) errors.Compare("temperature gradient", [Slope(alongTemperature)], [found], Tolerances.TemperatureGradient<T>(), flow * it.Items);
        var random = new Random(it.Seed + k);
        var each = scores.Distinct().ToDictionary(s => s, _ => ScoreKinds.Normal(random)); // equal scores move together
        double[] direction = [.. scores.Select(s => each[s])];
        var along = dense([.. scores.Select((s, item) => new Dual(s, direction[item]))], it.Temperatures[k]);
        errors.Compare("score gradient", [Slope(along)], [gradient.Zip(direction, (d, x) => d * x).Sum()], Tolerances.ScoreGradient<T>(), flow + gradient.Zip(direction, (d, x) => Math.Abs(d * x)).Sum());

        double Slope(Dual[] y) => y.Zip(g, (entry, weight) => entry.Slope * weight).Sum();
    }

    /// <summary>A projection with the places of infinite scores and absent items.</summary>
    private static Dual[] Dense(Dual[] scores, Dual temperature, PlaceShape shape, ProjectionTarget target, bool isEntropic, bool descending)
    {
        var result = new Dual[scores.Length];
        var behind = shape.Order.Length - shape.First - shape.Finite.Length;
        int[] items = [.. shape.Finite.Order()];
        var y = PermutahedronDefinition.Of([.. items.Select(item => descending ? scores[item] : -scores[item])], temperature, target, isEntropic, shape.First, behind);
        for (var i = 0; i < items.Length; i++)
        {
            if (target.IsSort) result[shape.First + i] = descending ? y[i] : -y[i];
            else result[items[i]] = y[i];
        }

        foreach (var place in shape.Edges)
        {
            if (target.IsSort) result[place] = shape.HasNaN ? double.NaN : scores[shape.Order[place]].Value;
            else
            {
                double anchor = target.Chosen == 0 ? shape.Order.Length - 1 - place : place < target.Chosen ? 1 : 0;
                result[shape.Order[place]] = shape.IsSettled(place) ? anchor : double.NaN;
            }
        }

        return result;
    }

    private static Dual[] DenseChoice(Dual[] scores, Dual temperature, Dual number, PlaceShape shape, bool descending)
    {
        var result = new Dual[scores.Length];
        var y = LapSumDefinition.Choice([.. shape.Finite.Select(item => descending ? scores[item] : -scores[item])], temperature, number - shape.First);
        for (var i = 0; i < y.Length; i++) result[shape.Finite[i]] = y[i];
        foreach (var place in shape.Edges) result[shape.Order[place]] = Dual.Max(0, Dual.Min(1, number - place));
        if (!shape.IsAllSettled(0, (int)Math.Clamp(Math.Ceiling(number.Value), 0, scores.Length)))
            foreach (var item in shape.Order) result[item] = double.NaN;
        return result;
    }

    private static double[] Scores(SortCase it, int k) => it.Scores[(k * it.Items)..((k + 1) * it.Items)];

    private static PlaceShape ShapeOf(SortCase it, int k) =>
        PlaceShape.Of(Scores(it, k), it.Present.Length == 0 ? [] : it.Present[(k * it.Items)..((k + 1) * it.Items)], it.Descending);

    private static double[] Part<T>(Buffer<T> all, int k, SortCase it)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Numbers(all)[(k * it.Items)..((k + 1) * it.Items)];

    private static double[] Numbers<T>(Buffer<T> all)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => [.. all.Span(0, (int)all.Length).ToArray().Select(double.CreateChecked)];

    private static T[] Converted<T>(double[] numbers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => [.. numbers.Select(T.CreateChecked)];
}
