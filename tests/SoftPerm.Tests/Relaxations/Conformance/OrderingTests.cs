using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations.Conformance;

/// <summary>What every soft ordering does with values, whether it has a matrix or not.</summary>
public sealed class OrderingTests
{
    private static readonly Dictionary<string, Func<SoftOrdering, Tensor, Tensor?, Tensor>> Members = new()
    {
        ["Sort"] = (ordering, x, mask) => ordering.Sort(x, mask),
        ["Rank"] = (ordering, x, mask) => ordering.Rank(x, mask),
        ["TopK"] = (ordering, x, mask) => ordering.TopK(x, 2, mask),
        ["Quantile"] = (ordering, x, mask) => ordering.Quantile(x, 0.4, mask),
    };

    public static MatrixTheoryData<string, string> All => new(Variants.Orderings.Select(v => v.Data), Members.Keys);

    public static MatrixTheoryData<string, string> ScaleEquivariant =>
        new(Variants.With(RelaxationProperties.ScaleEquivariant).Select(v => v.Data), Members.Keys);

    [Theory, MemberData(nameof(All))]
    public void Gradients_agree_with_finite_differences(string variant, string member)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var values = randn([3, 6], dtype: float64, generator: generator);
        var temperature = tensor(new[] { 0.3, 0.7, 2.0 });
        GradientCheck.Check(t => Members[member](Variants.Ordering(variant, t[1]), t[0], null), 1e-8, values, temperature);
    }

    [Theory, MemberData(nameof(ScaleEquivariant))]
    public void Temperatures_are_in_the_unit_declared(string variant, string member)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8);
        var values = randn([3, 6], dtype: float64, generator: generator);
        var known = Variants.Known(variant);
        var isValue = member is "Sort" or "Quantile";
        // Of values twice as large: what the temperature's unit becomes.
        var factor = known switch
        {
            { SortsByInverseTemperature: true } when isValue => 0.5,
            { TemperatureUnit: "s²" } => 4,
            _ => 2,
        };
        var (once, twice) = (Variants.Ordering(variant, tensor(0.7, float64)), Variants.Ordering(variant, tensor(0.7 * factor, float64)));
        TensorCompare.Close(Members[member](once, values, null).mul(Number((isValue ? 2 : 1))), Members[member](twice, values.mul(Number(2)), null), 1e-12, 1e-13);
    }

    [Theory, MemberData(nameof(All))]
    public void Padded_and_unpadded_results_are_equal(string variant, string member)
    {
        using var scope = NewDisposeScope();
        var padded = tensor(new[] { 0.3, double.NaN, 2, -1, 9, 9, 9, 9 }).reshape(2, 4).requires_grad_();
        var mask = tensor(new[] { true, false, true, true, false, false, false, false }).reshape(2, 4);
        var alone = tensor(new[] { 0.3, 2, -1 }).requires_grad_();
        var ordering = Variants.Ordering(variant, tensor(0.7, float64));
        Tensor found = Members[member](ordering, padded, mask), expected = Members[member](ordering, alone, null);
        var places = tensor(member is "Sort" ? new long[] { 0, 1, 2 } : [0, 2, 3]);
        TensorCompare.Close(expected, member is "Quantile" ? found[0] : found[0].index_select(0, places), 1e-12, 1e-14);
        if (member is not "Quantile") Assert.Equal(0, found[0][member is "Sort" ? 3 : 1].item<double>());
        Assert.All(TensorCompare.Numbers(found[1]), value => Assert.Equal(0, value));
        found.Squared().sum().backward();
        expected.Squared().sum().backward();
        TensorCompare.Close(alone.grad!, padded.grad![0].index_select(0, tensor(new long[] { 0, 2, 3 })), 1e-11, 1e-13);
        Assert.Equal(0, padded.grad[0][1].item<double>());
        Assert.All(TensorCompare.Numbers(padded.grad[1]), value => Assert.Equal(0, value));
    }

    [Theory, MemberData(nameof(All))]
    public void Not_a_number_spoils_its_own_row_of_the_batch_alone(string variant, string member)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 1, double.NaN, 3, 0.5, 2, -1 }).reshape(2, 3).requires_grad_();
        var ordering = Variants.Ordering(variant, tensor(1.0, float64));
        var result = Members[member](ordering, values, null);
        Assert.True(result[0].isnan().all().item<bool>());
        TensorCompare.Close(Members[member](ordering, tensor(new[] { 0.5, 2, -1 }), null), result[1], 1e-14);
        result.Squared().sum().backward();
        Assert.True(values.grad![0].isnan().all().item<bool>());
        Assert.True(values.grad![1].isfinite().all().item<bool>());
    }

    [Theory, MemberData(nameof(All))]
    public void No_member_leaves_a_tensor_behind(string variant, string member)
    {
        using var values = rand(2, 6).requires_grad_();
        using var temperature = tensor(1.0, float64).requires_grad_();
        using var mask = ones(2, 6, @bool);
        TensorLeak.Check(() =>
        {
            using var scope = NewDisposeScope();
            Members[member](Variants.Ordering(variant, temperature), values, mask).sum().backward();
            values.grad?.zero_();
        });
    }

    [Theory, MemberData(nameof(All))]
    public void What_is_not_a_batch_of_numbers_is_refused(string variant, string member)
    {
        using var scope = NewDisposeScope();
        var ordering = Variants.Ordering(variant, tensor(1.0, float64));
        Assert.Throws<ArgumentException>(() => Members[member](ordering, ones(3, 0), null));
        Assert.Contains("Int64", Assert.Throws<ArgumentException>(() => Members[member](ordering, ones(3, int64), null)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Members[member](ordering, ones(3), ones(4, @bool)));
        Assert.Throws<ArgumentOutOfRangeException>(() => ordering.TopK(ones(3), 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => ordering.Quantile(ones(3), 1.5));
        var cold = Variants.Ordering(variant, tensor(0.0, float64));
        Assert.Contains("positive", Assert.Throws<ArgumentOutOfRangeException>(() => Members[member](cold, ones(3), null)).Message, StringComparison.Ordinal);
    }
}
