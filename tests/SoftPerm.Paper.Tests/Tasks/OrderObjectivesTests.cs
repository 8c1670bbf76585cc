using SoftPerm.Paper.Tasks;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Tasks;

public sealed class OrderObjectivesTests
{
    private const int Items = 4, Sequences = 3, Samples = 2;

    public static TheoryData<string> Names => [.. OrderObjectives.RelaxedNames];

    [Theory, MemberData(nameof(Names))]
    public void Rows_sum_to_one_and_draws_have_an_axis_of_their_own(string name)
    {
        using var scope = NewDisposeScope();
        using var noise = new Generator(1);
        var objective = OrderObjectives.Of(name);
        var outputs = randn(Sequences * Items, objective.OutputsPerImage(Items), generator: noise);
        foreach (var draws in new Draws?[] { null, new Draws(Samples, noise) })
        {
            long[] batch = draws is not null && objective.IsStochastic ? [Samples, Sequences] : [Sequences];
            using var permutation = objective.Relax(outputs, Items, 1, draws);
            var matrix = permutation.Matrix();
            Assert.Equal([.. batch, Items, Items], matrix.shape);
            Assert.True(matrix.ge(Number(0)).all().item<bool>());
            // Rows of Sinkhorn's come nearer to 1 with every iteration.
            var allowed = name.Contains("sinkhorn", StringComparison.Ordinal) ? 0.1 : 1e-6;
            TensorCompare.Close(ones([.. batch, Items]), matrix.sum(-1), allowed);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Order_is_the_one_that_the_outputs_tell(string name)
    {
        using var scope = NewDisposeScope();
        long[] order = [2, 0, 3, 1];
        Assert.Equal(order, OrderObjectives.Of(name).Order(Outputs(name, order), Items).data<long>().ToArray());
    }

    [Theory, MemberData(nameof(Names))]
    public void A_network_puts_out_what_its_objective_relaxes(string name)
    {
        using var scope = NewDisposeScope();
        using var weights = new Generator(1);
        var objective = OrderObjectives.Of(name);
        using var network = objective.CreateNetwork("small", 28, 28, Items, weights);
        using var permutation = objective.Relax(network.forward(zeros(Sequences * Items, 1, 28, 28)), Items, 1, null);
        Assert.Equal((Sequences, Items), (Assert.Single(permutation.Batch), permutation.Items));
    }

    [Fact]
    public void Only_draws_of_a_stochastic_objective_differ()
    {
        using var scope = NewDisposeScope();
        using var noise = new Generator(1);
        foreach (var name in OrderObjectives.RelaxedNames)
        {
            var objective = OrderObjectives.Of(name);
            var outputs = zeros(Items, objective.OutputsPerImage(Items));
            using RelaxedPermutation one = objective.Relax(outputs, Items, 1, new Draws(1, noise)), other = objective.Relax(outputs, Items, 1, new Draws(1, noise));
            Assert.Equal(objective.IsStochastic, !one.Matrix().eq(other.Matrix()).all().item<bool>());
        }
    }

    /// <summary>What a network puts out of images in that order: an image's place as a score, a logit of each place, or one of each image at each place.</summary>
    private static Tensor Outputs(string name, long[] order)
    {
        var ofPlaces = nn.functional.one_hot(tensor(order), Items).to(float32).mul(Number(5)); // row i for place i
        return name switch
        {
            OrderObjectives.Deterministic or OrderObjectives.Stochastic => tensor(order).argsort().neg().to(float32),
            OrderObjectives.Vanilla => ofPlaces,
            _ => ofPlaces.transpose(0, 1),
        };
    }

    public static TheoryData<string> ScoreFunctions => [.. OrderObjectives.Names.Except(OrderObjectives.RelaxedNames)];

    [Theory, MemberData(nameof(ScoreFunctions))]
    public void The_cost_of_an_order_is_the_share_of_places_that_are_wrong(string name)
    {
        using var scope = NewDisposeScope();
        var trueOrder = tensor(new long[] { 0, 1, 2, 3, 0, 1, 2, 3 }).reshape(2, 4);
        var scores = tensor(new float[] { 4, 3, 2, 1, 3, 4, 2, 1 }); // the second has its first two items the wrong way round
        Compare.Close(2 / 8.0, OrderObjectives.Of(name).Loss(scores, trueOrder, 1, null).item<float>(), 1e-6);
    }

    [Theory, MemberData(nameof(ScoreFunctions))]
    public void The_gradient_is_that_of_the_expected_cost(string name)
    {
        // Of two items with logits a and b the wrong order, of cost 1, has probability 1 - σ(a - b): at equal logits the gradient is ∓1/4.
        using var scope = NewDisposeScope();
        using var noise = new Generator(1);
        var logits = zeros(2, requires_grad: true);
        OrderObjectives.Of(name).Loss(logits, tensor(new long[] { 0, 1 }).reshape(1, 2), 1, new Draws(10_000, noise)).backward();
        // Each sample's gradient is within ±1/2: the mean's deviation is at most 1/200, and this allows six of them.
        TensorCompare.Close(tensor(new[] { -0.25f, 0.25f }), logits.grad!, 0, 0.03);
    }

    [Fact]
    public void Leaving_one_out_takes_two_samples_and_all_else_one() => Assert.All(
        OrderObjectives.Names, name => Assert.Equal(name == "reinforce-leave-one-out" ? 2 : 1, OrderObjectives.Of(name).LeastSamples));
}
