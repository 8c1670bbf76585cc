using SoftPerm.Experiments.Tasks.Orders;
using SoftPerm.Experiments.Tasks.Sorting;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tests.Tasks.Sorting;

public sealed class SortMethodTests
{
    public static TheoryData<string> ScoreFunctions => [.. SortMethod.Names.Except(OrderModels.Names)];

    [Theory, MemberData(nameof(ScoreFunctions))]
    public void The_cost_of_an_order_is_the_share_of_places_that_are_wrong(string name)
    {
        using var scope = NewDisposeScope();
        var trueOrder = tensor(new long[] { 0, 1, 2, 3, 0, 1, 2, 3 }).reshape(2, 4);
        var scores = tensor(new float[] { 4, 3, 2, 1, 3, 4, 2, 1 }); // the second has its first two items the wrong way round
        Compare.Close(2 / 8.0, SortMethod.Of(name).HardLoss(scores, trueOrder, 1).item<float>(), 1e-6);
    }

    [Theory, MemberData(nameof(ScoreFunctions))]
    public void The_gradient_is_that_of_the_expected_cost(string name)
    {
        // Of two items with logits a and b the wrong order, of cost 1, has probability 1 - σ(a - b): at equal logits the gradient is ∓1/4.
        using var scope = NewDisposeScope();
        using var noise = new Generator(1);
        var logits = zeros(2, requires_grad: true);
        SortMethod.Of(name).Loss(logits, tensor(new long[] { 0, 1 }).reshape(1, 2), 1, new Draws(10_000, noise)).backward();
        // Each sample's gradient is within ±1/2: the mean's deviation is at most 1/200, and this allows six of them.
        TensorCompare.Close(tensor(new[] { -0.25f, 0.25f }), logits.grad!, 0, 0.03);
    }

    [Fact]
    public void Leaving_one_out_takes_two_samples_and_all_else_one() => Assert.All(
        SortMethod.Names, name => Assert.Equal(name == "reinforce-leave-one-out" ? 2 : 1, SortMethod.Of(name).LeastSamples));
}
