using SoftPerm.Paper.Tasks.Sorting;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Tasks.Sorting;

public sealed class SortAccuracyTests
{
    [Fact]
    public void Ranks_and_whole_permutations_are_counted()
    {
        using var scope = NewDisposeScope();
        var numbers = tensor(new long[] { 10, 30, 20, 7, 8, 9 }).reshape(2, 3);
        var scores = tensor(new[] { 0.1f, 0.9f, 0.5f, 3, 2, 1 }).reshape(2, 3); // the first sorts rightly, the second in reverse
        var (sorted, order) = SortAccuracy.True(numbers);
        Assert.Equal([1, 2, 0, 2, 1, 0], order.data<long>().ToArray());
        var (ranks, permutations) = SortAccuracy.Measure(scores.argsort(-1, descending: true), numbers, sorted);
        Assert.Equal(4 / 6.0, ranks, 12);
        Assert.Equal(0.5, permutations, 12);
    }

    [Fact]
    public void Equal_numbers_may_come_in_either_order()
    {
        using var scope = NewDisposeScope();
        var numbers = tensor(new long[] { 5, 5, 1 }).reshape(1, 3);
        var found = tensor(new long[] { 1, 0, 2 }).reshape(1, 3);
        Assert.Equal(1, SortAccuracy.Measure(found, numbers, SortAccuracy.True(numbers).Numbers).Permutations);
    }
}
