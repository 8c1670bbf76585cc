using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Modules;

public sealed class DifferentiableKnnTests
{
    public static TheoryData<NeighbourWeighting> Weightings => [NeighbourWeighting.Uniform, NeighbourWeighting.Distance];

    [Theory, MemberData(nameof(Weightings))]
    public void Gradients_agree_with_finite_differences(NeighbourWeighting weighting)
    {
        using var scope = NewDisposeScope();
        // No two candidates are within 0.08 of the same distance: differences must not step over the kinks of |s[j]-s[k]|.
        var (queries, candidates) = (Features(4, 2, 3, 4), Features(104, 7, 4));
        var temperature = tensor(1.3, float64);
        DifferentiableKnn Knn(Tensor t) => new(3, new NeuralSort(t), weighting);
        GradientCheck.Check(t => Knn(t[2]).forward(t[0], t[1]).Weights, 1e-7, queries, candidates, temperature);
        GradientCheck.Check(t =>
        {
            using var generator = new Generator(5);
            return Knn(t[2]).forward(t[0], t[1], 2, generator).Weights;
        }, 1e-7, queries, candidates, temperature);
    }

    [Theory, MemberData(nameof(Weightings))]
    public void Weights_follow_the_definition_and_sum_to_one(NeighbourWeighting weighting)
    {
        using var scope = NewDisposeScope();
        var (queries, candidates) = (Features(1, 2, 3, 4), Features(2, 2, 7, 4));
        var squared = queries.unsqueeze(-2).sub(candidates.unsqueeze(-3)).Squared().sum(-1);
        using var permutation = new NeuralSort(2).Relax(squared.neg());
        var shares = permutation.Matrix().narrow(-2, 0, 3).sum(-2);
        if (weighting == NeighbourWeighting.Distance) shares = shares.div(squared.sqrt());
        var weights = new DifferentiableKnn(3, new NeuralSort(2), weighting).forward(queries, candidates).Weights;
        TensorCompare.Close(shares.div(shares.sum(-1, keepdim: true)), weights, 1e-12, 1e-12); // kernels leave out 1e-13 of a row
        TensorCompare.Close(ones(2, 3, float64), weights.sum(-1), 1e-12);
    }

    [Theory, MemberData(nameof(Weightings))]
    public void Cold_weights_are_those_of_the_exact_nearest(NeighbourWeighting weighting)
    {
        using var scope = NewDisposeScope();
        var (queries, candidates) = (Features(3, 5, 2), Features(4, 20, 2));
        var (distances, nearest) = cdist(queries, candidates).topk(4, largest: false);
        var shares = weighting == NeighbourWeighting.Uniform ? ones_like(distances) : distances.reciprocal();
        var expected = zeros(5, 20, float64).scatter(-1, nearest, shares.div(shares.sum(-1, keepdim: true)));
        var weights = new DifferentiableKnn(4, new NeuralSort(1e-6), weighting).forward(queries, candidates).Weights;
        TensorCompare.Close(expected, weights, 1e-9, 1e-12);
    }

    [Theory, InlineData(0.5), InlineData(16.0)]
    public void Samples_are_relaxed_at_the_temperature_given(double temperature)
    {
        using var scope = NewDisposeScope();
        var (queries, candidates) = (Features(1, 3, 4), Features(2, 7, 4));
        Generator Noise() => new(9);
        var scores = queries.unsqueeze(-2).sub(candidates).Squared().sum(-1).neg();
        using var permutation = new PlackettLuce(scores).RelaxedSample(6, new NeuralSort(temperature), Noise());
        var expected = permutation.TopK(2).mean([0]).div(Number(2));
        TensorCompare.Close(expected, Weights(temperature), 1e-10);
        Assert.False(allclose(Weights(temperature), Weights(1)), "the temperature had no influence");

        Tensor Weights(double at) => new DifferentiableKnn(2, new NeuralSort(at)).forward(queries, candidates, 6, Noise()).Weights;
    }

    [Fact]
    public void Many_samples_at_a_low_temperature_give_the_probabilities_of_being_among_the_first()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var (queries, candidates) = (Features(1, 2, 2), Features(2, 5, 2));
        var scores = queries.unsqueeze(-2).sub(candidates).Squared().sum(-1).neg();
        var weights = new DifferentiableKnn(2, new NeuralSort(1e-3)).forward(queries, candidates, 20_000, generator).Weights;
        // A share of 20,000 draws has a standard deviation of at most 0.0035, halved by 1/k; six of them.
        TensorCompare.Close(new PlackettLuce(scores).TopKProbability(2).div(Number(2)), weights, 0, 0.011);
    }

    [Fact]
    public void A_copy_of_the_query_decides_nearly_alone_by_distance()
    {
        using var scope = NewDisposeScope();
        var candidates = tensor(new[] { 0.0, 1, 2, 5 }).reshape(4, 1).requires_grad_();
        var knn = new DifferentiableKnn(3, new NeuralSort(0.1), NeighbourWeighting.Distance);
        var weights = knn.forward(tensor(new[] { 1.0 }).reshape(1, 1), candidates).Weights;
        TensorCompare.Close(tensor(new[] { 0.0, 1, 0, 0 }).reshape(1, 4), weights, 0, 1e-6);
        weights[0, 0].backward();
        Assert.True(candidates.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Candidates_that_all_equal_the_query_count_the_same()
    {
        using var scope = NewDisposeScope();
        var points = ones(4, 3).requires_grad_();
        var weights = new DifferentiableKnn(2, new NeuralSort(1), NeighbourWeighting.Distance).forward(points, points).Weights;
        TensorCompare.Close(full(4, 4, Number(0.25)), weights, 1e-6);
        weights[0, 0].backward();
        Assert.True(points.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void A_large_offset_does_not_drown_distances()
    {
        using var scope = NewDisposeScope();
        var (queries, candidates) = (Features(1, 3, 4).@float(), Features(2, 7, 4).@float());
        var knn = new DifferentiableKnn(2, new NeuralSort(1), NeighbourWeighting.Distance);
        var expected = knn.forward(queries, candidates).Weights;
        // Adding 1000 rounds each feature by up to 3e-5; without the shift a squared distance would be off by 0.25.
        TensorCompare.Close(expected, knn.forward(queries.Plus(1000), candidates.Plus(1000)).Weights, 2e-3, 1e-4);
    }

    [Theory, MemberData(nameof(Weightings))]
    public void A_learned_temperature_is_a_parameter_with_a_gradient(NeighbourWeighting weighting)
    {
        using var scope = NewDisposeScope();
        using var knn = new DifferentiableKnn(2, new NeuralSort(new LearnedTemperature(1.3)), weighting);
        var (queries, candidates) = (Features(4, 3, 4), Features(104, 7, 4));
        var weights = knn.call(queries, candidates).Weights;
        TensorCompare.Close(new DifferentiableKnn(2, new NeuralSort(1.3), weighting).forward(queries, candidates).Weights, weights, 1e-5, 1e-7); // it is float32
        var parameter = Assert.Single(knn.parameters());
        weights.Squared().sum().backward();
        Assert.NotEqual(0, parameter.grad!.item<float>());

        parameter.grad = null;
        using var generator = new Generator(3);
        knn.forward(queries, candidates, 4, generator).Loss(tensor(new long[] { 0, 1, 0 }), tensor(new long[] { 0, 0, 0, 1, 1, 1, 1 })).backward();
        Assert.NotEqual(0, parameter.grad!.item<float>());
    }

    [Theory, InlineData(ScalarType.Float16), InlineData(ScalarType.BFloat16)]
    public void Half_types_round_the_results_of_float32(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var knn = new DifferentiableKnn(2, new NeuralSort(5000), NeighbourWeighting.Distance);
        // Squared distances of up to 300² are more than float16 holds.
        Tensor queries = Features(4, 3, 4).mul(Number(70)).to(type), candidates = Features(104, 7, 4).mul(Number(70)).to(type);
        long[] classes = [0, 2, 1, 1, 0, 2, 2];
        var (narrow, narrowCandidates) = Run(queries, candidates);
        var (wide, wideCandidates) = Run(queries.to(float32), candidates.to(float32));
        TensorCompare.Close(wide.Weights.to(type), narrow.Weights, 0);
        TensorCompare.Close(wideCandidates.grad!.to(type), narrowCandidates.grad!, 0);
        Assert.All([narrow.Weights, narrowCandidates.grad!, narrow.Classify(tensor(classes), 3), narrow.Loss(tensor(classes[..3]), tensor(classes))], t => Assert.Equal(type, t.dtype));
        var rounding = type == ScalarType.Float16 ? 1e-3 : 8e-3; // of the weights, and of what they sum to
        TensorCompare.Close(wide.Classify(tensor(classes), 3), narrow.Classify(tensor(classes), 3), rounding, 1e-7); // the smallest of float16
        TensorCompare.Close(wide.Loss(tensor(classes[..3]), tensor(classes)), narrow.Loss(tensor(classes[..3]), tensor(classes)), rounding);

        (SoftNeighbours, Tensor) Run(Tensor q, Tensor x)
        {
            var leaf = x.clone().requires_grad_();
            var found = knn.forward(q, leaf);
            found.Weights.mul(Indices(7, float32).Plus(1).to(found.Weights.dtype)).sum().backward();
            return (found, leaf);
        }
    }

    [Fact]
    public void No_tensor_is_left_over() => TensorLeak.Check(() =>
    {
        using var generator = new Generator(3);
        using var queries = rand(3, 4);
        using var candidates = rand(7, 4, requires_grad: true);
        using var labels = ones(7, int64);
        using var queryLabels = zeros(3, int64);
        var knn = new DifferentiableKnn(2, new NeuralSort(1), NeighbourWeighting.Distance);
        using var exact = knn.forward(queries, candidates);
        using var sampled = knn.forward(queries, candidates, 2, generator);
        using var probabilities = exact.Classify(labels, 3);
        using var loss = sampled.Loss(queryLabels, labels);
        loss.backward();
        candidates.grad!.Dispose();
    });

    private static Tensor Features(ulong seed, params long[] shape)
    {
        using var generator = new Generator(seed);
        return randn(shape, float64, generator: generator);
    }
}
