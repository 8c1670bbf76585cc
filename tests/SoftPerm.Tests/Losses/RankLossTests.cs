using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Losses;

/// <summary>Rank correlations: against textbook values, gradients, masks, ties.</summary>
public sealed class RankLossTests
{
    private static readonly SoftCase Hard = new() { Mode = SoftMode.Hard };

    private static readonly SoftCase[] Exact = [Hard, new() { Mode = SoftMode.StraightThrough }, new() { Temperature = 0 }];

    public static TheoryData<string> Relaxations =>
        [.. RelaxationCatalog.All.Where(known => known.Properties.HasFlag(RelaxationProperties.PermutationEquivariant)).Select(known => known.Name)];

    [Fact]
    public void Spearman_of_exact_ranks_is_the_textbook_value()
    {
        using var scope = NewDisposeScope();
        // Ranks 1…5 against 2, 1, 4, 3, 5: 1 - 6·4 / (5·24) = 0.8. With the targets 1, 2, 2, 3: ranks 1, 2.5, 2.5, 4.
        Assert.Equal(0.2, Hard.Spearman(tensor(new[] { 1.0, 2, 3, 4, 5 }), tensor(new[] { 20.0, 10, 40, 30, 50 })).item<double>(), 1e-12);
        var tied = 4.5 / Math.Sqrt(5 * 4.5);
        Assert.Equal(1 - tied, Hard.Spearman(tensor(new[] { 1.0, 2, 3, 4 }), tensor(new[] { 1.0, 2, 2, 3 })).item<double>(), 1e-12);
        Assert.Equal(2, Hard.Spearman(tensor(new[] { 1.0, 2, 3 }), tensor(new[] { 3.0, 2, 1 })).item<double>(), 1e-12);
    }

    [Fact]
    public void Equal_predictions_share_their_mean_rank_in_every_exact_mode()
    {
        using var scope = NewDisposeScope();
        foreach (var options in Exact)
        {
            Assert.Equal(1, options.Spearman(tensor(new[] { 5.0, 5, 5, 5 }), tensor(new[] { 4.0, 3, 2, 1 })).item<double>());
            // Ranks 0.5 0.5 2 3 against 0 1 2.5 2.5, less 1.5: products 1.5 + 0.5 + 0.5 + 1.5, squares 4.5 and 4.5.
            Assert.Equal(1 - (4 / 4.5), options.Spearman(tensor(new[] { 1.0, 1, 2, 3 }), tensor(new[] { 1.0, 2, 3, 3 })).item<double>(), 1e-12);
        }
    }

    [Theory, MemberData(nameof(Relaxations))]
    public void What_carries_no_information_has_a_loss_of_1_and_no_gradient(string relaxation)
    {
        using var scope = NewDisposeScope();
        var options = new SoftCase { Relaxation = RelaxationCatalog.Of(relaxation) };
        foreach (var type in new[] { float32, float64 })
        {
            var equal = zeros(6, type, requires_grad: true);
            Tensor alone = ones([1], type, requires_grad: true), different = Indices(6, type).requires_grad_();
            var loss = options.Spearman(equal, Indices(6, type))
                .Plus(options.Spearman(alone, alone.detach()))
                .Plus(options.Spearman(different, ones(6, type)));
            Assert.Equal(3, Value(loss));
            loss.backward();
            Assert.All([equal, alone, different], x => Assert.Equal(0, Value(x.grad!.abs().sum())));
        }
    }

    [Fact]
    public void A_relaxation_that_reads_the_order_of_the_list_is_refused()
    {
        using var scope = NewDisposeScope();
        var options = new SoftCase { Relaxation = RelaxationCatalog.Of("odd-even") };
        var error = Assert.Throws<ArgumentException>(() => options.Spearman(zeros(16), Indices(16, float32)));
        Assert.Contains("'odd-even'", error.Message, StringComparison.Ordinal);
        Assert.Contains("neural-sort", error.Message, StringComparison.Ordinal);
        Assert.Contains("SortingNetwork", Assert.Throws<ArgumentException>(() => RankLoss.Spearman(zeros(16), Indices(16, float32), new SortingNetwork(1).StraightThrough())).Message, StringComparison.Ordinal);
        foreach (var hard in Exact) Assert.Equal(1, (hard with { Relaxation = options.Relaxation, Mode = SoftMode.Hard }).Spearman(zeros(16), Indices(16, float32)).item<float>());
    }

    [Fact]
    public void Of_predictions_far_apart_coefficients_of_pairs_are_the_textbook_values()
    {
        using var scope = NewDisposeScope();
        // Two of ten pairs are the wrong way round: 1 - (8 - 2) / 10.
        Tensor x = tensor(new[] { 1.0, 2, 3, 4, 5 }), y = tensor(new[] { 20.0, 10, 40, 30, 50 });
        Assert.Equal(0.4, RankLoss.Kendall(x, y, 1e-3).item<double>(), 1e-12);
        Assert.Equal(0.4, RankLoss.SomersD(x, y, 1e-3).item<double>(), 1e-12);
        // Of the tied targets' five pairs, one is; six pairs of predictions differ.
        Tensor p = tensor(new[] { 2.0, 1, 3, 4 }), tied = tensor(new[] { 1.0, 2, 2, 3 });
        Assert.Equal(1 - (3 / Math.Sqrt(5 * 6)), RankLoss.Kendall(p, tied, 1e-3).item<double>(), 1e-12);
        Assert.Equal(0.4, RankLoss.SomersD(p, tied, 1e-3).item<double>(), 1e-12);
        Assert.Equal(1 - (3 / Math.Sqrt(5 * 6)), RankLoss.Kendall(tied, p, 1e-3).item<double>(), 1e-12); // τ-b is symmetric
        Assert.Equal(0.5, RankLoss.SomersD(tied, p, 1e-3).item<double>(), 1e-12); // 4 right, 1 wrong, 1 tied, of 6
    }

    [Theory, InlineData(1e-310), InlineData(1e-46), InlineData(1e39), InlineData(1e308)]
    public void A_temperature_beyond_the_type_of_the_predictions_counts_as_it_is(double temperature)
    {
        using var scope = NewDisposeScope();
        Tensor predicted = tensor(new[] { 3f, 1, 1, 2 }), target = tensor(new[] { 4f, 1, 2, 3 });
        var somers = RankLoss.SomersD(predicted, target, temperature);
        Assert.Equal(temperature < 1 ? 1 - (5.0 / 6) : 1, somers.item<float>(), 1e-6);
        if (temperature < 1) Assert.Equal(1 - (5 / Math.Sqrt(5 * 6)), RankLoss.Kendall(predicted, target, temperature).item<float>(), 1e-6);
        var different = tensor(new[] { 3f, 1, 0, 2 }).requires_grad_(); // of equal ones the slope is 1 / 2τ
        RankLoss.SomersD(different, target, temperature).Plus(RankLoss.Kendall(different, target, temperature)).backward();
        Assert.True(different.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Infinite_predictions_are_beyond_others_and_equal_to_their_like()
    {
        using var scope = NewDisposeScope();
        const double Infinite = double.PositiveInfinity;
        var predicted = tensor(new[] { Infinite, Infinite, 2, -Infinite }).requires_grad_();
        var target = tensor(new[] { 4.0, 3, 2, 1 });
        var kendall = RankLoss.Kendall(predicted, target, 1e-3);
        Assert.Equal(1 - (5 / Math.Sqrt(5 * 6)), kendall.item<double>(), 1e-12);
        var somers = RankLoss.SomersD(predicted, target, 1e-3);
        Assert.Equal(1 - (5.0 / 6), somers.item<double>(), 1e-12);
        kendall.Plus(somers).backward();
        Assert.True(predicted.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Slopes_of_pairs_are_bounded_by_the_temperature()
    {
        using var scope = NewDisposeScope();
        var nearlyEqual = tensor(new[] { 1, 1, 1, MathF.BitIncrement(1) }).requires_grad_();
        RankLoss.Kendall(nearlyEqual, tensor(new[] { 1f, 2, 3, 4 }), 1).backward();
        Assert.True(nearlyEqual.grad!.abs().max().item<float>() < 2, $"{nearlyEqual.grad}");
        var tiny = tensor(new[] { 3.0, 1, 2 }).mul(Number(1e-160)).requires_grad_();
        RankLoss.Kendall(tiny, tensor(new[] { 3.0, 1, 2 }), 1).backward();
        Assert.True(tiny.grad!.isfinite().all().item<bool>() && tiny.grad[0].item<double>() < 0);
    }

    [Fact]
    public void Equal_predictions_can_be_told_apart_by_Somers_D_alone()
    {
        using var scope = NewDisposeScope();
        var predicted = zeros(3, float64, requires_grad: true);
        var target = tensor(new[] { 3.0, 2, 1 });
        Assert.Equal(1, RankLoss.Kendall(predicted, target, 1).item<double>());
        RankLoss.SomersD(predicted, target, 1).backward();
        Assert.True(predicted.grad![0].item<double>() < 0 && predicted.grad![2].item<double>() > 0);
    }

    [Fact]
    public void Infinite_targets_that_are_there_do_not_tie_with_padding()
    {
        using var scope = NewDisposeScope();
        Tensor predicted = tensor(new[] { 3.0, 2, 1, 9, 9 }), target = tensor(new[] { 2, 3, double.NegativeInfinity, 7, 7 });
        var mask = tensor(new[] { true, true, true, false, false });
        foreach (var descending in new[] { true, false })
        {
            var how = Hard with { Descending = descending };
            // Ranks 0, 1, 2 against 1, 0, 2: 1 - 6·2 / (3·8) = 0.5.
            Assert.Equal(0.5, (how with { Mask = mask }).Spearman(predicted, target).item<double>(), 1e-12);
            Assert.Equal(0.5, how.Spearman(predicted.narrow(0, 0, 3), target.narrow(0, 0, 3)).item<double>(), 1e-12);
            (predicted, target) = (predicted.neg(), target.neg());
        }
    }

    [Fact]
    public void Targets_that_are_not_a_number_are_not_ranked()
    {
        using var scope = NewDisposeScope();
        Tensor predicted = tensor(new[] { 3.0, 2, 1, 0, 3, 2, 1, 0 }).reshape(2, 4), target = tensor(new[] { 3, double.NaN, 1, 0, 3, 2, 1, 0 }).reshape(2, 4);
        var mask = tensor(new[] { true, false, true, true }).expand(2, 4);
        Assert.Equal([double.NaN, 0], TensorCompare.Numbers(Hard.Spearman(predicted, target)).Select(loss => Math.Round(loss, 12)));
        Assert.Equal([double.NaN, 0], TensorCompare.Numbers(RankLoss.Kendall(predicted, target, 1e-3)).Select(loss => Math.Round(loss, 12)));
        Assert.Equal([0, 0], TensorCompare.Numbers((Hard with { Mask = mask }).Spearman(predicted, target)).Select(loss => Math.Round(loss, 12)));
        Assert.Equal([0, 0], TensorCompare.Numbers(RankLoss.Kendall(predicted, target, 1e-3, mask: mask)).Select(loss => Math.Round(loss, 12)));
    }

    [Theory, MemberData(nameof(Relaxations))]
    public void Minimizing_Spearman_restores_the_order(string relaxation)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        var target = randn([2, 8], dtype: float64, generator: generator);
        var predicted = randn([2, 8], dtype: float64, generator: generator).requires_grad_();
        var optimizer = new Descent(0.05, predicted);
        var options = new SoftCase { Relaxation = RelaxationCatalog.Of(relaxation) };
        for (var step = 0; step < 200; step++) optimizer.Step(options.Spearman(predicted, target).sum());

        Assert.True(Hard.Spearman(predicted.detach(), target).max().item<double>() < 0.05);
    }

    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        var target = randn([2, 6], dtype: float64, generator: generator);
        var predicted = randn([2, 6], dtype: float64, generator: generator);
        var warm = new SoftCase { Temperature = 0.7 };
        GradientCheck.Check(t => warm.Spearman(t[0], target), 1e-8, predicted);
        GradientCheck.Check(t => RankLoss.Kendall(t[0], target, 0.7), 1e-8, predicted);
        GradientCheck.Check(t => RankLoss.SomersD(t[0], target, 0.7), 1e-8, predicted);
    }

    [Fact]
    public void Padded_and_unpadded_losses_are_equal()
    {
        using var scope = NewDisposeScope();
        var mask = tensor(new[] { true, false, true, true, false, false, false, false }).reshape(2, 4);
        Tensor predicted = tensor(new[] { 0.3, double.NaN, 2, -1, 1, 1, 1, 1 }).reshape(2, 4), target = tensor(new[] { 3, double.NaN, 1.0, 2, 1, 2, 3, 4 }).reshape(2, 4);
        Tensor alone = tensor(new[] { 0.3, 2, -1 }), targetAlone = tensor(new[] { 3, 1.0, 2 });
        var spearman = new SoftCase { Mask = mask }.Spearman(predicted, target);
        Assert.Equal(RankLoss.Spearman(alone, targetAlone).item<double>(), spearman[0].item<double>(), 1e-12);
        var kendall = RankLoss.Kendall(predicted, target, mask: mask);
        Assert.Equal(RankLoss.Kendall(alone, targetAlone).item<double>(), kendall[0].item<double>(), 1e-12);
        Assert.Equal([1, 1], [spearman[1].item<double>(), kendall[1].item<double>()]);
        // Along another axis, all the same.
        var across = new SoftCase { Mask = mask.t(), Dim = 0 }.Spearman(predicted.t(), target.t());
        TensorCompare.Close(spearman, across, 1e-12);
    }

    [Fact]
    public void Where_nothing_has_an_order_pairs_have_a_loss_of_1_and_no_gradient()
    {
        using var scope = NewDisposeScope();
        var predicted = tensor(new[] { 1.0, 2, 3 }).requires_grad_();
        foreach (var loss in new[] { RankLoss.Kendall(predicted, ones(3, float64)), RankLoss.SomersD(predicted, ones(3, float64)) })
        {
            Assert.Equal(1, loss.item<double>());
            loss.backward();
            Assert.Equal(0, predicted.grad!.abs().sum().item<double>());
        }

        Assert.Equal(1, RankLoss.Kendall(ones(1), ones(1)).item<float>());
        Assert.Equal([1f, 1], RankLoss.SomersD(ones(2, 1), ones(2, 1)).data<float>().ToArray());
    }

    [Fact]
    public void What_is_not_alike_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("[3]", Assert.Throws<ArgumentException>(() => RankLoss.Spearman(ones(3), ones(4))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RankLoss.Kendall(ones(3), ones(3, float64)));
        Assert.Contains("squeeze(-1)", Assert.Throws<ArgumentException>(() => RankLoss.Spearman(ones(2, 3, 1), ones(2, 3))).Message, StringComparison.Ordinal);
        using var permutation = new NeuralSort(1).Relax(ones(2, 3, 1));
        Assert.Contains("squeeze(-1)", Assert.Throws<ArgumentException>(() => permutation.CrossEntropy(zeros(2, 3, int64))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => RankLoss.Kendall(ones(3), ones(3), 0));
    }

    private static double Value(Tensor number) => number.to(float64).item<double>();
}
