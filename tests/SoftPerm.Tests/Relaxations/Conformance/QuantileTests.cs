using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations.Conformance;

/// <summary>Quantiles at and between places, with infinite values and far-off ones, of every relaxation and in both directions.</summary>
public sealed class QuantileTests
{
    private const double Infinity = double.PositiveInfinity;

    private static readonly double[][] WithInfinities =
        [[0, Infinity], [-Infinity, 0, Infinity], [-Infinity, 1, 2, Infinity], [2, -Infinity, 0.5, 1], [Infinity, 0], [-Infinity, Infinity]];

    public static MatrixTheoryData<string, bool> All => new(Variants.Orderings.Select(row => row.Data), [true, false]);

    // The rows of Sinkhorn's depend on one another through the columns.
    public static MatrixTheoryData<string, bool> OfSeparateRows =>
        new(Variants.Orderings.Select(row => row.Data).Where(name => !name.StartsWith("sinkhorn", StringComparison.Ordinal)), [true, false]);

    [Theory, MemberData(nameof(All))]
    public void An_infinite_end_counts_if_it_has_weight(string variant, bool descending)
    {
        using var scope = NewDisposeScope();
        var ordering = Cold(variant, descending);
        foreach (var type in new[] { float32, float64 })
            foreach (var numbers in WithInfinities)
                foreach (var quantile in new[] { 0, 0.2, 1 / 3.0, 0.5, 0.6, 2 / 3.0, 0.9, 1 })
                    Assert.Equal(Exact(numbers, quantile), ordering.Quantile(tensor(numbers).to(type), quantile).to(float64).item<double>(), 1e-5);
    }

    [Theory, MemberData(nameof(All))]
    public void A_quantile_on_a_place_takes_it_alone(string variant, bool descending)
    {
        using var scope = NewDisposeScope();
        var far = tensor(new[] { 0.0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1e12 });
        var ordering = Cold(variant, descending);
        foreach (var values in new[] { far, far.to(float32) })
            for (var place = 0; place < 10; place++)
                Assert.Equal(place, ordering.Quantile(values, place / 10.0).to(float64).item<double>(), 1e-4);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Hard_and_straight_through_quantiles_take_it_alone(bool descending)
    {
        using var scope = NewDisposeScope();
        Tensor far = tensor(new[] { 0.0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1e20 }), ends = tensor(new[] { 0, Infinity });
        foreach (var relaxation in RelaxationCatalog.All)
        {
            var hard = new SoftCase { Mode = SoftMode.Hard, Relaxation = relaxation, Descending = descending };
            var straight = hard with { Mode = SoftMode.StraightThrough, Temperature = 1 };
            Assert.Equal(9, hard.Quantile(far, 0.9).item<double>());
            Assert.Equal(9, straight.Quantile(far, 0.9).item<double>());
            Assert.Equal(Infinity, hard.Quantile(ends, 0.6).item<double>());
            Assert.Equal(Infinity, straight.Quantile(ends, 0.6).item<double>());
        }
    }

    /// <summary>Of six rows that hold from none to five of the values, the quantile falls on a place in some and between two in others.</summary>
    [Theory, MemberData(nameof(All))]
    public void Rows_of_a_batch_have_places_of_their_own(string variant, bool descending)
    {
        using var scope = NewDisposeScope();
        double[] numbers = [1, Infinity, 3, 2, 1e12];
        var values = tensor(numbers).repeat(6, 1);
        var mask = Indices(5, int64).lt(Indices(6, int64).unsqueeze(-1));
        var ordering = Cold(variant, descending);
        foreach (var quantile in new[] { 0, 0.25, 0.5, 2 / 3.0, 1 })
        {
            var found = TensorCompare.Numbers(ordering.Quantile(values, quantile, mask));
            for (var count = 0; count < 6; count++)
            {
                var right = count == 0 ? 0 : Exact(numbers[..count], quantile);
                if (double.IsFinite(right)) Assert.Equal(right, found[count], 1e-9 * right + 1e-2);
                else Assert.Equal(right, found[count]);
            }
        }
    }

    [Theory, MemberData(nameof(OfSeparateRows))]
    public void Places_without_a_limit_spoil_no_quantile_that_gives_them_no_weight(string variant, bool descending)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { -Infinity, 1, 2, -Infinity, 3 }).requires_grad_();
        var ordering = Cold(variant, descending);
        foreach (var quantile in new[] { 0.5, 0.6, 0.75, 1 })
        {
            var found = ordering.Quantile(values, quantile);
            Assert.Equal(4 * quantile - 1, found.item<double>(), 1e-2);
            found.backward();
        }

        Assert.True(values.grad!.isfinite().all().item<bool>());
    }

    [Theory, MemberData(nameof(All))]
    public void A_mean_of_the_largest_numbers_does_not_overflow(string variant, bool descending)
    {
        using var scope = NewDisposeScope();
        // Hot, the entropic permutahedron's mean is the largest value.
        foreach (var temperature in variant is "permutahedron-entropic" ? [1e-320] : new[] { 1e-320, 1e-6, 1e300 })
        {
            var ordering = Variants.Ordering(variant, tensor(temperature, float64), descending);
            Assert.InRange(ordering.Quantile(tensor(new[] { -1.7e308, 1.7e308 }), 0.5).item<double>(), -1e293, 1e293);
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void The_median_of_two_equal_values_moves_with_both(bool descending)
    {
        using var scope = NewDisposeScope();
        foreach (var variant in Variants.Orderings.Select(row => row.Data))
        {
            var values = tensor(new[] { 2.0, 2 }).requires_grad_();
            Variants.Ordering(variant, tensor(0.5, float64), descending).Quantile(values, 0.5).backward();
            TensorCompare.Close(tensor(new[] { 0.5, 0.5 }), values.grad!, 1e-12);
        }
    }

    /// <summary>So cold that neither a gap of 0.5 between scores nor one of 1e12 between values blends.</summary>
    private static SoftOrdering Cold(string variant, bool descending) =>
        Variants.Ordering(variant, tensor(Variants.Known(variant).SortsByInverseTemperature ? 1e-13 : 1e-6, float64), descending);

    /// <summary>The quantile by its definition.</summary>
    private static double Exact(double[] numbers, double quantile)
    {
        double[] rising = [.. numbers.Order()];
        var position = quantile * (rising.Length - 1);
        if (Math.Abs(position - Math.Round(position)) < 1e-9) return rising[(int)Math.Round(position)];
        var weight = position - Math.Floor(position);
        return (1 - weight) * rising[(int)position] + weight * rising[(int)position + 1];
    }
}
