using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

/// <summary>The scale-free temperatures of the catalog.</summary>
public sealed class KnownRelaxationTests
{
    private const double Infinity = double.PositiveInfinity;

    // Its temperature is the standard deviation itself.
    private static readonly KnownRelaxation Deviation = RelaxationCatalog.Of("neural-sort");

    public static TheoryData<string> Linear =>
        [.. RelaxationCatalog.All.Where(known => known.TemperatureUnit != "s²").Select(known => known.Name)];

    public static TheoryData<string> Projections => [.. RelaxationCatalog.All.Where(known => known.SortsByInverseTemperature).Select(known => known.Name)];

    [Theory, InlineData(0), InlineData(1.7e18), InlineData(-1.7e18), InlineData(3e17)]
    public void An_offset_does_not_matter(double offset)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 0, 512, 1024, 2048.0 });
        foreach (var known in RelaxationCatalog.All)
            foreach (var sorts in new[] { false, true })
                TensorCompare.Close(known.TemperatureFor(values, null, sorts), known.TemperatureFor(values.Plus(offset), null, sorts), 1e-15);
    }

    [Fact]
    public void An_offset_of_float32_scores_does_not_matter()
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 0f, 64, 128, 256 });
        foreach (var known in RelaxationCatalog.All)
            TensorCompare.Close(known.TemperatureFor(values), known.TemperatureFor(values.Plus(1.0e9f)), 1e-15); // 1e9 is a multiple of 64
    }

    [Fact]
    public void What_is_absent_infinite_or_not_a_number_does_not_count()
    {
        using var scope = NewDisposeScope();
        double[] rows = [3, 5, Infinity, -Infinity, 3, 5, 1e300, double.NaN, Infinity, Infinity, -Infinity, Infinity, 4, 1e300, -Infinity, double.NaN];
        var mask = tensor(new[] { true, true, true, true, true, true, false, true, true, true, true, true, true, false, true, false }).reshape(4, 4);
        TensorCompare.Close(tensor(new[] { 1.0, 1, 1, 1 }), Deviation.TemperatureFor(tensor(rows).reshape(4, 4), mask), 0);
    }

    [Theory, MemberData(nameof(Linear))]
    public void At_the_ends_of_the_range_of_numbers_it_is_positive_and_finite(string name)
    {
        using var scope = NewDisposeScope();
        double[][] extremes = [[-1.79e308, 1.79e308], [1.79e308, 0, -1.79e308], [0, 5e-324], [5e-324, 1e-323, 0, 0, 0, 0, 0, 0, 0], [1e-310, 3e-310], [1, Math.BitIncrement(1)]];
        foreach (var values in extremes)
            foreach (var sorts in new[] { false, true })
                Assert.InRange(RelaxationCatalog.Of(name).TemperatureFor(tensor(values), null, sorts).item<double>(), double.Epsilon, double.MaxValue);
        Assert.Equal(1.79e308, Deviation.TemperatureFor(tensor(new[] { -1.79e308, 1.79e308 })).item<double>(), 1e293);
        Assert.Equal(1e-310, Deviation.TemperatureFor(tensor(new[] { 1e-310, 3e-310 })).item<double>(), 1e-323);
    }

    [Fact]
    public void Neighbouring_numbers_differ_and_equal_ones_do_not()
    {
        using var scope = NewDisposeScope();
        var ulp = Math.BitIncrement(0.1) - 0.1;
        Assert.Equal(ulp / 2, Deviation.TemperatureFor(tensor(new[] { 0.1, Math.BitIncrement(0.1) })).item<double>(), 1e-30);
        foreach (var level in new[] { 0, 0.1, 1e300, -1.79e308, 5e-324 })
            Assert.Equal(1, Deviation.TemperatureFor(full(7, Number(level), float64)).item<double>());
    }

    /// <summary>For sorting: no more than ⌈√n⌉ places pooled into one block, and some.</summary>
    [Theory, MemberData(nameof(Projections))]
    public void Softly_sorted_values_blend_with_few_others(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        var known = RelaxationCatalog.Of(name);
        foreach (var items in new[] { 2, 3, 5, 10, 60, 100, 1000 })
            foreach (var values in (Tensor[])[
                randn([items], dtype: float64, generator: generator), rand([items], dtype: float64, generator: generator),
                cat([randn([items / 2], dtype: float64, generator: generator), randn([items - items / 2], dtype: float64, generator: generator).Plus(30)])])
                Assert.InRange(LongestBlock(known, values), 2, (int)Math.Ceiling(Math.Sqrt(items)));
    }

    [Theory, MemberData(nameof(Projections))]
    public void Values_spaced_evenly_are_sorted_as_they_are(string name)
    {
        using var scope = NewDisposeScope();
        foreach (var (items, step) in new[] { (3, 1), (10, 0.1), (1000, 0.7) })
        {
            var values = Indices(items, float64).mul(Number(step));
            TensorCompare.Close(values.flip(0), new SoftCase { Relaxation = RelaxationCatalog.Of(name) }.Sort(values), 1e-14, 1e-14);
            Assert.Equal(1, LongestBlock(RelaxationCatalog.Of(name), values));
        }
    }

    /// <summary>The places of the longest block, within which neighbours are 1/τ apart.</summary>
    private static int LongestBlock(KnownRelaxation known, Tensor values)
    {
        var temperature = known.TemperatureFor(values, null, sorts: true);
        var numbers = TensorCompare.Numbers(known.Create(temperature, true).Sort(values));
        var gap = 1 / temperature.item<double>();
        int longest = 1, length = 1;
        for (var place = 1; place < numbers.Length; place++)
        {
            length = Math.Abs(numbers[place - 1] - numbers[place] - gap) <= 1e-9 * gap ? length + 1 : 1;
            longest = Math.Max(longest, length);
        }

        return longest;
    }
}
