using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Losses;

/// <summary>Rank correlations: against textbook values, gradients, masks, ties.</summary>
public sealed class RankLossTests
{
    private static readonly SoftOptions Hard = new() { Mode = SoftMode.Hard };

    public static TheoryData<string> Relaxations => [.. RelaxationCatalog.All.Select(known => known.Name)];

    [Fact]
    public void Spearman_of_exact_ranks_is_the_textbook_value()
    {
        using var scope = NewDisposeScope();
        // Ranks 1…5 against 2, 1, 4, 3, 5: 1 - 6·4 / (5·24) = 0.8. With the targets 1, 2, 2, 3: ranks 1, 2.5, 2.5, 4.
        Assert.Equal(0.2, RankLoss.Spearman(tensor(new[] { 1.0, 2, 3, 4, 5 }), tensor(new[] { 20.0, 10, 40, 30, 50 }), Hard).item<double>(), 1e-12);
        var tied = 4.5 / Math.Sqrt(5 * 4.5);
        Assert.Equal(1 - tied, RankLoss.Spearman(tensor(new[] { 1.0, 2, 3, 4 }), tensor(new[] { 1.0, 2, 2, 3 }), Hard).item<double>(), 1e-12);
        Assert.Equal(2, RankLoss.Spearman(tensor(new[] { 1.0, 2, 3 }), tensor(new[] { 3.0, 2, 1 }), Hard).item<double>(), 1e-12);
    }

    [Fact]
    public void Kendall_of_predictions_far_apart_is_the_textbook_value()
    {
        using var scope = NewDisposeScope();
        // Two of ten pairs are the wrong way round: 1 - (8 - 2) / 10. Of the tied targets' five pairs, one is.
        Assert.Equal(0.4, RankLoss.Kendall(tensor(new[] { 1.0, 2, 3, 4, 5 }), tensor(new[] { 20.0, 10, 40, 30, 50 }), 1e-3).item<double>(), 1e-12);
        Assert.Equal(0.4, RankLoss.Kendall(tensor(new[] { 2.0, 1, 3, 4 }), tensor(new[] { 1.0, 2, 2, 3 }), 1e-3).item<double>(), 1e-12);
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
            Assert.Equal(0.5, RankLoss.Spearman(predicted, target, how with { Mask = mask }).item<double>(), 1e-12);
            Assert.Equal(0.5, RankLoss.Spearman(predicted.narrow(0, 0, 3), target.narrow(0, 0, 3), how).item<double>(), 1e-12);
            (predicted, target) = (predicted.neg(), target.neg());
        }
    }

    [Fact]
    public void Targets_that_are_not_a_number_are_not_ranked()
    {
        using var scope = NewDisposeScope();
        Tensor predicted = tensor(new[] { 3.0, 2, 1, 0, 3, 2, 1, 0 }).reshape(2, 4), target = tensor(new[] { 3, double.NaN, 1, 0, 3, 2, 1, 0 }).reshape(2, 4);
        var mask = tensor(new[] { true, false, true, true }).expand(2, 4);
        Assert.Equal([double.NaN, 0], TensorCompare.Numbers(RankLoss.Spearman(predicted, target, Hard)).Select(loss => Math.Round(loss, 12)));
        Assert.Equal([double.NaN, 0], TensorCompare.Numbers(RankLoss.Kendall(predicted, target, 1e-3)).Select(loss => Math.Round(loss, 12)));
        Assert.Equal([0, 0], TensorCompare.Numbers(RankLoss.Spearman(predicted, target, Hard with { Mask = mask })).Select(loss => Math.Round(loss, 12)));
        Assert.Equal([0, 0], TensorCompare.Numbers(RankLoss.Kendall(predicted, target, 1e-3, mask)).Select(loss => Math.Round(loss, 12)));
    }

    [Fact]
    public void An_infinite_prediction_is_beyond_all_others()
    {
        using var scope = NewDisposeScope();
        var predicted = tensor(new[] { double.PositiveInfinity, 2, 1 }).requires_grad_();
        var loss = RankLoss.Kendall(predicted, tensor(new[] { 3.0, 2, 1 }), 1e-3);
        Assert.Equal(0, loss.item<double>(), 1e-12);
        Assert.Equal(0, RankLoss.Spearman(predicted.detach(), tensor(new[] { 3.0, 2, 1 }), Hard).item<double>(), 1e-12);
    }

    [Theory, MemberData(nameof(Relaxations))]
    public void Minimizing_Spearman_restores_the_order(string relaxation)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        var target = randn([2, 8], dtype: float64, generator: generator);
        var predicted = randn([2, 8], dtype: float64, generator: generator).requires_grad_();
        var optimizer = new Descent(0.05, predicted);
        var options = new SoftOptions { Relaxation = RelaxationCatalog.Of(relaxation) };
        for (var step = 0; step < 200; step++) optimizer.Step(RankLoss.Spearman(predicted, target, options).sum());

        Assert.True(RankLoss.Spearman(predicted.detach(), target, Hard).max().item<double>() < 0.05);
    }

    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        var target = randn([2, 6], dtype: float64, generator: generator);
        var predicted = randn([2, 6], dtype: float64, generator: generator);
        var warm = new SoftOptions { Temperature = 0.7 };
        GradientCheck.Check(t => RankLoss.Spearman(t[0], target, warm), 1e-8, predicted);
        GradientCheck.Check(t => RankLoss.Kendall(t[0], target, 0.7), 1e-8, predicted);
    }

    [Fact]
    public void Padded_and_unpadded_losses_are_equal()
    {
        using var scope = NewDisposeScope();
        var mask = tensor(new[] { true, false, true, true, false, false, false, false }).reshape(2, 4);
        Tensor predicted = tensor(new[] { 0.3, double.NaN, 2, -1, 1, 1, 1, 1 }).reshape(2, 4), target = tensor(new[] { 3, double.NaN, 1.0, 2, 1, 2, 3, 4 }).reshape(2, 4);
        Tensor alone = tensor(new[] { 0.3, 2, -1 }), targetAlone = tensor(new[] { 3, 1.0, 2 });
        var spearman = RankLoss.Spearman(predicted, target, new SoftOptions { Mask = mask });
        Assert.Equal(RankLoss.Spearman(alone, targetAlone).item<double>(), spearman[0].item<double>(), 1e-12);
        var kendall = RankLoss.Kendall(predicted, target, mask: mask);
        Assert.Equal(RankLoss.Kendall(alone, targetAlone).item<double>(), kendall[0].item<double>(), 1e-12);
        Assert.Equal([0, 0], [spearman[1].item<double>(), kendall[1].item<double>()]);
        // Along another axis, all the same.
        var across = RankLoss.Spearman(predicted.t(), target.t(), new SoftOptions { Mask = mask.t(), Dim = 0 });
        TensorCompare.Close(spearman, across, 1e-12);
    }

    [Fact]
    public void Where_nothing_has_an_order_there_is_no_gradient()
    {
        using var scope = NewDisposeScope();
        var predicted = tensor(new[] { 1.0, 2, 3 }).requires_grad_();
        var spearman = RankLoss.Spearman(predicted, ones(3, float64));
        Assert.Equal(1, spearman.item<double>());
        var kendall = RankLoss.Kendall(predicted, ones(3, float64));
        Assert.Equal(0, kendall.item<double>());
        (spearman.Plus(kendall)).backward();
        TensorCompare.Close(zeros(3, float64), predicted.grad!, 0);
    }

    [Fact]
    public void What_is_not_alike_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("[3]", Assert.Throws<ArgumentException>(() => RankLoss.Spearman(ones(3), ones(4))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RankLoss.Kendall(ones(3), ones(3, float64)));
        Assert.Throws<ArgumentOutOfRangeException>(() => RankLoss.Kendall(ones(3), ones(3), 0));
    }
}
