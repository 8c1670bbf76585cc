using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Tasks;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.TestKit;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Tasks.Sorting;

public sealed class SortEvaluationTests
{
    private const int Sequences = 60;

    private static readonly MultiDigitSequences Pairs = new(SmallRuns.Digits.Test, 1, items: 2, seed: 5);

    [Theory]
    [InlineData(0.5), InlineData(2)]
    public void Projection_error_of_two_scores_is_the_square_of_what_the_softmax_leaves(double temperature)
    {
        // P̂ of the scores 1 and 0 has σ(1/τ) on its diagonal and 1 - σ(1/τ) beside it: all four entries are as far from the identity's.
        var figures = Evaluate(OrderObjectives.Deterministic, temperature, 1, 0);
        var left = 1 / (1 + Math.Exp(1 / temperature));
        Compare.Close(left * left, figures.ProjectionError!.Value, 1e-5);
        Compare.Close(FirstIsLarger(), figures.RankAccuracy, 1e-12);
        Assert.Equal((figures.RankAccuracy, figures.PermutationAccuracy), (figures.RowRankAccuracy, figures.RowPermutationAccuracy));
    }

    [Fact]
    public void Rows_that_name_an_item_twice_are_counted_as_they_are_and_ordered_by_the_best_matching()
    {
        // Both rows are largest at the first item; the matching gives it to the second place, where more is to be gained.
        var figures = Evaluate(OrderObjectives.Vanilla, 1, 2, 1, 3, 0);
        var (first, second) = (FirstIsLarger(), SecondIsLarger());
        Compare.Close((first + second) / 2, figures.RowRankAccuracy!.Value, 1e-12);
        Compare.Close(first + second - 1, figures.RowPermutationAccuracy!.Value, 1e-12, 1e-12);
        Compare.Close(second, figures.PermutationAccuracy, 1e-12);
    }

    [Theory]
    [InlineData("reinforce"), InlineData("reinforce-leave-one-out")]
    public void A_method_that_relaxes_nothing_has_no_figures_of_a_relaxation(string method)
    {
        var figures = Evaluate(method, 1, 0, 1);
        Compare.Close(SecondIsLarger(), figures.PermutationAccuracy, 1e-12);
        Assert.Equal((null, null, null), (figures.ProjectionError, figures.RowRankAccuracy, figures.RowPermutationAccuracy));
    }

    private static SortFigures Evaluate(string method, double temperature, params float[] outputs)
    {
        using var scope = NewDisposeScope();
        using var network = new Constant(outputs);
        return SortEvaluation.Evaluate(network, OrderObjectives.Of(method), Pairs, Sequences, temperature, TestContext.Current.CancellationToken);
    }

    private static double FirstIsLarger() => Share((first, second) => first >= second);

    private static double SecondIsLarger() => Share((first, second) => second >= first);

    private static double Share(Func<long, long, bool> holds)
    {
        using var scope = NewDisposeScope();
        var numbers = TestSequences.Read(Pairs, 0, Sequences).Numbers.data<long>().ToArray();
        return numbers.Chunk(2).Average(pair => holds(pair[0], pair[1]) ? 1.0 : 0);
    }

    /// <summary>Puts out the same for every pair of images.</summary>
    private sealed class Constant(float[] outputs) : nn.Module<Tensor, Tensor>("constant")
    {
        public override Tensor forward(Tensor images) => tensor(outputs).repeat(images.size(0) / 2);
    }
}
