using SoftPerm.Experiments.Tasks.Orders;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tests.Tasks.Orders;

public sealed class OrderModelsTests
{
    private const int Items = 4, Sequences = 3, Samples = 2;

    public static TheoryData<string> Names => [.. OrderModels.Names];

    [Theory, MemberData(nameof(Names))]
    public void Rows_sum_to_one_and_draws_have_an_axis_of_their_own(string name)
    {
        using var scope = NewDisposeScope();
        using var noise = new Generator(1);
        var model = OrderModels.Of(name);
        var outputs = randn(Sequences * Items, model.OutputsPerImage(Items), generator: noise);
        foreach (var draws in new Draws?[] { null, new Draws(Samples, noise) })
        {
            long[] batch = draws is not null && model.IsStochastic ? [Samples, Sequences] : [Sequences];
            using var permutation = model.Relax(outputs, Items, 1, draws);
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
        Assert.Equal(order, OrderModels.Of(name).Order(Outputs(name, order), Items).data<long>().ToArray());
    }

    [Theory, MemberData(nameof(Names))]
    public void A_network_puts_out_what_its_model_relaxes(string name)
    {
        using var scope = NewDisposeScope();
        using var weights = new Generator(1);
        var model = OrderModels.Of(name);
        using var network = OrderNetwork.Create(model, "small", 28, 28, Items, weights);
        using var permutation = model.Relax(network.forward(zeros(Sequences * Items, 1, 28, 28)), Items, 1, null);
        Assert.Equal((Sequences, Items), (Assert.Single(permutation.Batch), permutation.Items));
    }

    [Fact]
    public void Only_draws_of_a_stochastic_model_differ()
    {
        using var scope = NewDisposeScope();
        using var noise = new Generator(1);
        foreach (var name in OrderModels.Names)
        {
            var model = OrderModels.Of(name);
            var outputs = zeros(Items, model.OutputsPerImage(Items));
            using RelaxedPermutation one = model.Relax(outputs, Items, 1, new Draws(1, noise)), other = model.Relax(outputs, Items, 1, new Draws(1, noise));
            Assert.Equal(model.IsStochastic, !one.Matrix().eq(other.Matrix()).all().item<bool>());
        }
    }

    /// <summary>What a network puts out of images in that order: an image's place as a score, a logit of each place, or one of each image at each place.</summary>
    private static Tensor Outputs(string name, long[] order)
    {
        var ofPlaces = nn.functional.one_hot(tensor(order), Items).to(float32).mul(Number(5)); // row i for place i
        return name switch
        {
            OrderModels.Deterministic or OrderModels.Stochastic => tensor(order).argsort().neg().to(float32),
            OrderModels.Vanilla => ofPlaces,
            _ => ofPlaces.transpose(0, 1),
        };
    }
}
