using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests;

/// <summary>Without a temperature, values of any size give what values of ordinary size do: also where their squares leave the range of numbers.</summary>
public sealed class SoftScaleTests
{
    private static readonly double[] Ordinary = [3, 1, 2, -0.5];

    public static TheoryData<string, double> Cases =>
        [.. RelaxationCatalog.All.Where(known => known.Properties.HasFlag(RelaxationProperties.ScaleEquivariant))
            .SelectMany(known => new[] { -1060, -565, -300, 0, 300, 532, 1018 }.Select(power => (known.Name, Math.ScaleB(1, power))))];

    [Theory, MemberData(nameof(Cases))]
    public void Ranks_are_the_same_and_sorted_values_scaled(string name, double scale)
    {
        using var scope = NewDisposeScope();
        var options = new SoftCase { Relaxation = RelaxationCatalog.Of(name) };
        var ordinary = tensor(Ordinary).requires_grad_();
        // A row of ordinary size stands beside, and must not notice.
        var values = stack([tensor(Ordinary).mul(Number(scale)), tensor(Ordinary)]).requires_grad_();
        // Values below 1e-308 keep a few digits only: 2^14 of the smallest number are 14 bits.
        var accuracy = scale < 1e-308 ? 1e-3 : 1e-12;
        foreach (var (read, isValue) in new (Func<Tensor, Tensor>, bool)[] { (x => options.Rank(x), false), (x => options.TopK(x, 2).Membership, false), (x => options.Sort(x), true), (x => options.Median(x).unsqueeze(-1), true) })
        {
            Tensor expected = read(ordinary), found = read(values);
            TensorCompare.Close(expected, found[1], 1e-14); // a few roundings: libtorch's vectors end elsewhere in a batch
            TensorCompare.Close(expected, found[0].div(Number(isValue ? scale : 1)), accuracy, accuracy);
        }

        if (Math.Abs(Math.Log2(scale)) > 600) return; // the gradient itself would leave the range
        options.Rank(ordinary).mul(Indices(4, float64)).sum().backward();
        options.Rank(values)[0].mul(Indices(4, float64)).sum().backward();
        TensorCompare.Close(ordinary.grad!, values.grad![0].mul(Number(scale)), 1e-9, 1e-12);
    }

    [Theory, InlineData(1e-40), InlineData(1e-30), InlineData(1e30), InlineData(1e38)]
    public void So_are_those_of_single_precision(double scale)
    {
        using var scope = NewDisposeScope();
        var options = new SoftCase { Relaxation = RelaxationCatalog.Of("soft-sort-squared") };
        var values = tensor(Ordinary).mul(Number(scale)).to(float32);
        TensorCompare.Close(options.Rank(tensor(Ordinary)), options.Rank(values).to(float64), 1e-4, 1e-4);
        TensorCompare.Close(options.Sort(tensor(Ordinary)), options.Sort(values).to(float64).div(Number(scale)), 1e-4, 1e-4);
    }

    [Fact]
    public void Masks_and_infinite_values_stay_what_they_are()
    {
        using var scope = NewDisposeScope();
        var options = new SoftCase { Relaxation = RelaxationCatalog.Of("soft-sort-squared"), Mask = tensor(new[] { true, true, true, false }) };
        Tensor Values(double scale) => tensor(new[] { 3 * scale, double.PositiveInfinity, 1 * scale, 1e300 });
        TensorCompare.Close(options.Rank(Values(1)), options.Rank(Values(1e-170)), 1e-9, 1e-9);
        var sorted = TensorCompare.Numbers(options.Sort(Values(1e-170)));
        Assert.Equal(double.PositiveInfinity, sorted[0]);
        Assert.Equal(0, sorted[3]);
        Assert.InRange(sorted[1], 1e-170, 3e-170);
    }
}
