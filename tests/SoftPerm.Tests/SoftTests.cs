using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests;

/// <summary>Soft.*: every member with every relaxation, mode and axis.</summary>
public sealed class SoftTests
{
    private static readonly Dictionary<string, Func<Tensor, SoftCase, Tensor>> Members = new()
    {
        ["Sort"] = (x, how) => how.Sort(x),
        ["Rank"] = (x, how) => how.Rank(x),
        ["Membership"] = (x, how) => how.TopK(x, 2).Membership,
        ["Values"] = (x, how) => how.TopK(x, 2).Values,
        ["Quantile"] = (x, how) => how.Quantile(x, 0.3),
        ["Median"] = (x, how) => how.Median(x),
        ["Min"] = (x, how) => how.Min(x),
        ["Max"] = (x, how) => how.Max(x),
    };

    private static readonly double[] Numbers = [0.3, 2, -1, 0.9, 1.5, -0.2, 0.7, 3];

    public static MatrixTheoryData<string, string> All => new(RelaxationCatalog.All.Select(known => known.Name), Members.Keys);

    public static TheoryData<string> Relaxations => [.. RelaxationCatalog.All.Select(known => known.Name)];

    public static TheoryData<string> Every => [.. Members.Keys];

    [Fact]
    public void Hard_results_are_those_of_a_sort()
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 0.3, 2, -1, 0.5 });
        var hard = new SoftCase { Mode = SoftMode.Hard };
        TensorCompare.Close(tensor(new[] { 2, 0.5, 0.3, -1 }), hard.Sort(values), 0);
        TensorCompare.Close(tensor(new[] { -1, 0.3, 0.5, 2 }), (hard with { Descending = false }).Sort(values), 0);
        TensorCompare.Close(tensor(new[] { 2.0, 0, 3, 1 }), hard.Rank(values), 0);
        TensorCompare.Close(tensor(new[] { 1.0, 3, 0, 2 }), hard.ArgSort(values), 0);
        TensorCompare.Close(tensor(new[] { 0.0, 1, 0, 1 }), hard.TopK(values, 2).Membership, 0);
        TensorCompare.Close(tensor(new[] { 2, 0.5 }), hard.TopK(values, 2).Values, 0);
        TensorCompare.Close(tensor(new[] { -1, 0.3 }), (hard with { Descending = false }).TopK(values, 2).Values, 0);
        Assert.Equal(0.4, hard.Median(values).item<double>(), 1e-15);
        Assert.Equal(-1, hard.Min(values).item<double>());
        Assert.Equal(2, hard.Max(values).item<double>());
        Assert.Equal(2, (hard with { Descending = false }).Max(values).item<double>());
    }

    [Theory, MemberData(nameof(All))]
    public void Low_temperatures_lead_to_the_hard_results(string relaxation, string member)
    {
        using var scope = NewDisposeScope();
        var values = tensor(Numbers);
        var known = RelaxationCatalog.Of(relaxation);
        var sorts = member is not ("Rank" or "Membership");
        var cold = new SoftCase { Relaxation = known, Temperature = sorts && known.SortsByInverseTemperature ? 1e4 : 1e-5 };
        var expected = Members[member](values, cold with { Mode = SoftMode.Hard });
        // TopK takes the temperature both ways where the units differ.
        if (member is not "Values") TensorCompare.Close(expected, Members[member](values, cold with { Temperature = 1e-5 }), 0, 1e-3);
        TensorCompare.Close(expected, Members[member](values, cold with { Temperature = 0 }), 0);
    }

    [Theory, MemberData(nameof(All))]
    public void Results_are_scale_free_without_a_temperature(string relaxation, string member)
    {
        if (relaxation is "permutahedron-entropic" && member is not ("Rank" or "Membership")) return; // it sorts exponentials of values
        using var scope = NewDisposeScope();
        var values = tensor(Numbers);
        var how = new SoftCase { Relaxation = RelaxationCatalog.Of(relaxation) };
        Tensor given = Members[member](values, how), scaled = Members[member](values.mul(Number(1e-3)), how);
        TensorCompare.Close(given, member is "Rank" or "Membership" ? scaled : scaled.mul(Number(1e3)), 1e-9, 1e-9);
        // It is neither hard nor flat.
        var hard = Members[member](values, how with { Mode = SoftMode.Hard });
        if (member is "Rank" or "Membership")
        {
            Assert.True(hard.sub(given).abs().max().item<double>() > 1e-3);
            Assert.True(given.std().item<double>() > 0.3 * hard.std().item<double>());
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Straight_through_is_hard_forward_and_soft_backward(string relaxation, string member)
    {
        using var scope = NewDisposeScope();
        var how = new SoftCase { Relaxation = RelaxationCatalog.Of(relaxation) };
        Tensor softly = tensor(Numbers).requires_grad_(), straight = tensor(Numbers).requires_grad_();
        var weights = arange(Number(1), Number(9), Number(1), float64);
        Tensor Weigh(Tensor result) => result.dim() == 0 ? result : result.mul(weights.narrow(0, 0, result.size(0))).sum();
        var found = Members[member](straight, how with { Mode = SoftMode.StraightThrough });
        TensorCompare.Close(Members[member](tensor(Numbers), how with { Mode = SoftMode.Hard }), found, 1e-15);
        Weigh(found).backward();
        Weigh(Members[member](softly, how)).backward();
        TensorCompare.Close(softly.grad!, straight.grad!, 1e-13, 1e-15);
    }

    [Theory, MemberData(nameof(Every))]
    public void Any_axis_may_be_sorted(string member)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var values = randn([3, 4, 5], dtype: float64, generator: generator);
        var mask = rand([3, 4, 5], generator: generator).gt(Number(0.3));
        var last = Members[member](values.transpose(1, 2), new SoftCase { Mask = mask.transpose(1, 2) });
        foreach (var axis in new[] { 1, -2 })
        {
            var found = Members[member](values, new SoftCase { Dim = axis, Mask = mask });
            TensorCompare.Close(last.dim() == 2 ? last : last.transpose(1, 2), found, 1e-15);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Padded_and_unpadded_results_are_equal(string relaxation, string member)
    {
        using var scope = NewDisposeScope();
        Tensor padded = tensor(new[] { 0.3, double.NaN, 2, -1, 7, 7, 7, 7 }).reshape(2, 4), alone = tensor(new[] { 0.3, 2, -1 });
        var mask = tensor(new[] { true, false, true, true, false, false, false, false }).reshape(2, 4);
        var kept = tensor(member is "Sort" or "Values" ? new long[] { 0, 1, 2 } : [0, 2, 3]);
        foreach (var mode in Enum.GetValues<SoftMode>())
        {
            var how = new SoftCase { Relaxation = RelaxationCatalog.Of(relaxation), Mode = mode };
            Tensor found = Members[member](padded, how with { Mask = mask }), expected = Members[member](alone, how);
            TensorCompare.Close(expected, expected.dim() == 0 ? found[0] : found[0].index_select(0, kept.narrow(0, 0, expected.size(0))), 1e-12, 1e-14);
            Assert.All(TensorCompare.Numbers(found[1]), value => Assert.Equal(0, value));
        }
    }

    [Theory, MemberData(nameof(Every))]
    public void Not_a_number_spoils_its_own_row_in_every_mode(string member)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 1, double.NaN, 3, 0.5, 2, -1 }).reshape(2, 3);
        foreach (var mode in Enum.GetValues<SoftMode>())
        {
            var result = Members[member](values, new SoftCase { Mode = mode });
            Assert.True(result[0].isnan().all().item<bool>());
            Assert.True(result[1].isfinite().all().item<bool>());
        }
    }

    [Theory, MemberData(nameof(Relaxations))]
    public void An_infinite_value_is_the_largest_in_every_mode(string relaxation)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 1, double.PositiveInfinity, 2, 0.5 });
        foreach (var mode in Enum.GetValues<SoftMode>())
        {
            var how = new SoftCase { Relaxation = RelaxationCatalog.Of(relaxation), Mode = mode };
            Assert.Equal(double.PositiveInfinity, how.Max(values).item<double>());
            Assert.Equal(double.NegativeInfinity, how.Min(values.neg()).item<double>());
            Assert.Equal(double.PositiveInfinity, how.Sort(values)[0].item<double>());
            Assert.True(how.Sort(values).narrow(0, 1, 3).isfinite().all().item<bool>());
            Assert.Equal(double.PositiveInfinity, how.TopK(values, 2).Values[0].item<double>());
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Equal_values_have_a_result_and_a_gradient(string relaxation, string member)
    {
        using var scope = NewDisposeScope();
        foreach (var level in new[] { 0, 0.1, 1e300 })
        {
            var values = full([2, 3], Number(level), float64).requires_grad_();
            var result = Members[member](values, new SoftCase { Relaxation = RelaxationCatalog.Of(relaxation) });
            result.sum().backward();
            Assert.True(result.isfinite().all().item<bool>());
            Assert.True(values.grad!.isfinite().all().item<bool>());
        }
    }

    [Fact]
    public void Expected_positions_are_read_off_the_matrix()
    {
        using var scope = NewDisposeScope();
        var values = tensor(Numbers).requires_grad_();
        using var permutation = new NeuralSort(0.5).Relax(values);
        var found = new SoftCase { Temperature = 0.5 }.ArgSort(values);
        TensorCompare.Close(permutation.Matrix().matmul(Indices(8, float64)), found, 1e-12);
        found.Squared().sum().backward();
        Assert.True(values.grad!.abs().max().item<double>() > 0);
        Assert.Contains("matrix", Assert.Throws<ArgumentException>(() => new SoftCase { Relaxation = RelaxationCatalog.Of("permutahedron") }.ArgSort(values)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_door_leads_to_the_same_numbers()
    {
        using var scope = NewDisposeScope();
        var x = tensor(Numbers).reshape(2, 4);
        TensorCompare.Close(Soft.Rank(x, new LapSum(0.3)), new LapSum(0.3).Rank(x), 0);
        TensorCompare.Close(new LapSum(0.3).Relax(x).Ranks(), new LapSum(0.3).Rank(x), 0);
        TensorCompare.Close(Soft.Rank(x, new NeuralSort(1)), new NeuralSort(1).Rank(x), 0);
        TensorCompare.Close(new NeuralSort(1).Relax(x).Ranks(), new NeuralSort(1).Rank(x), 0);

        var tau = new LearnedTemperature(0.4);
        var (membership, values) = Soft.TopK(x, 3, new SoftSort(tau.Value), dim: 1);
        var permutation = new SoftSort(tau).Relax(x);
        TensorCompare.Close(permutation.TopK(3), membership, 0);
        TensorCompare.Close(permutation.Apply(x.unsqueeze(-1)).squeeze(-1).narrow(-1, 0, 3), values, 1e-14);
        values.sum().backward();
        Assert.NotEqual(0, Assert.Single(tau.parameters()).grad!.item<float>());
    }

    [Fact]
    public void What_cannot_be_sorted_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentOutOfRangeException>(() => Soft.Sort(ones(3), new NeuralSort(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Soft.Sort(ones(3), new NeuralSort(double.NaN)));
        Assert.Throws<ArgumentNullException>(() => Soft.Sort(null!));
        Assert.Contains("[2, 3]", Assert.Throws<ArgumentOutOfRangeException>(() => new SoftCase { Dim = 2 }.Sort(ones(2, 3))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Soft.Sort(tensor(1.0)));
        Assert.Throws<ArgumentException>(() => Soft.Sort(ones(3, int64)));
        Assert.Throws<ArgumentException>(() => new SoftCase { Mask = ones(4, @bool) }.Sort(ones(3)));
        Assert.Throws<ArgumentException>(() => Soft.Sort(ones(3, 0)));
        foreach (var mode in Enum.GetValues<SoftMode>())
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new SoftCase { Mode = mode }.TopK(ones(3), 4));
            Assert.Throws<ArgumentOutOfRangeException>(() => new SoftCase { Mode = mode }.Quantile(ones(3), 1.5));
        }
    }

    [Theory, MemberData(nameof(All))]
    public void No_member_leaves_a_tensor_behind(string relaxation, string member)
    {
        using var values = rand(2, 6).requires_grad_();
        using var mask = ones(2, 6, @bool);
        TensorLeak.Check(() =>
        {
            foreach (var mode in Enum.GetValues<SoftMode>())
            {
                using var scope = NewDisposeScope();
                var result = Members[member](values, new SoftCase { Relaxation = RelaxationCatalog.Of(relaxation), Mode = mode, Mask = mask });
                Assert.Equal(member is "Membership" or "Values" ? 2 : 1, scope.DisposablesCount);
                var sum = result.sum();
                if (sum.requires_grad) sum.backward();
                values.grad?.zero_();
            }
        });
    }

    [Theory, MemberData(nameof(Relaxations))]
    public void Equal_values_share_their_rank_exactly_and_in_the_limit(string relaxation)
    {
        using var scope = NewDisposeScope();
        var known = RelaxationCatalog.Of(relaxation);
        Assert.SkipUnless(known.Properties.HasFlag(RelaxationProperties.PermutationEquivariant), "Networks read the order in which values are given.");
        Assert.SkipWhen(known.Name == "permutahedron-entropic", "Equal values share the logarithm of the mean of exponentials there.");
        foreach (var (values, ranks) in new (double[], double[])[] { ([2, 2, 1], [0.5, 0.5, 2]), ([0, 3, 0, 0, 5], [3, 1, 3, 3, 0]) })
        {
            foreach (var mode in Enum.GetValues<SoftMode>())
            {
                var options = new SoftCase { Relaxation = known, Mode = mode, Temperature = 1e-3 };
                TensorCompare.Close(tensor(ranks), options.Rank(tensor(values)), 1e-9, 1e-12);
                TensorCompare.Close(tensor(ranks), (options with { Descending = false }).Rank(tensor(values).neg()), 1e-9, 1e-12);
            }
        }
    }
}
