using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Modules;

public sealed class SoftNeighboursTests
{
    [Fact]
    public void Classes_get_the_weights_of_their_members_and_the_loss_is_minus_that_of_the_right_class()
    {
        using var scope = NewDisposeScope();
        var neighbours = new DifferentiableKnn(2, new NeuralSort(0.5)).forward(Points(0.1, 2.2), Points(0, 1, 2, 3));
        var labels = tensor(new long[] { 0, 2, 2, 0 });
        var probabilities = neighbours.Classify(labels, 3);
        var w = TensorCompare.Numbers(neighbours.Weights);
        TensorCompare.Close(tensor(new[] { w[0] + w[3], 0, w[1] + w[2], w[4] + w[7], 0, w[5] + w[6] }).reshape(2, 3), probabilities, 1e-14);
        var loss = neighbours.Loss(tensor(new long[] { 0, 2 }), labels);
        TensorCompare.Close(probabilities[0, 0].Plus(probabilities[1, 2]).div(Number(-2)), loss, 1e-14);
    }

    [Fact]
    public void The_loss_is_that_of_equation_13()
    {
        using var scope = NewDisposeScope();
        var (queries, candidates) = (Points(0.1, 2.2), Points(0, 1, 2, 3));
        using var permutation = new NeuralSort(0.5).Relax(queries.sub(candidates.t()).Squared().neg());
        var matrix = TensorCompare.Numbers(permutation.Matrix());
        long[] labels = [0, 2, 2, 0], queryLabels = [0, 2];
        var expected = 0.0;
        for (var q = 0; q < 2; q++)
            for (var i = 0; i < 3; i++) // k = 3
                for (var j = 0; j < 4; j++)
                    if (labels[j] == queryLabels[q]) expected -= matrix[(q * 4 + i) * 4 + j] / 3 / 2;
        var loss = new DifferentiableKnn(3, new NeuralSort(0.5)).forward(queries, candidates).Loss(tensor(queryLabels), tensor(labels));
        Assert.Equal(expected, loss.item<double>(), 1e-12);
    }

    [Fact]
    public void Labels_may_differ_over_the_batch()
    {
        using var scope = NewDisposeScope();
        var neighbours = new DifferentiableKnn(1, new NeuralSort(1e-3)).forward(Points(0.1, 2.2).expand(2, 2, 1), Points(0, 1, 2, 3));
        var labels = tensor(new long[] { 0, 0, 1, 1, 1, 1, 0, 0 }).reshape(2, 4);
        TensorCompare.Close(tensor(new double[] { 1, 0, 0, 1, 0, 1, 1, 0 }).reshape(2, 2, 2), neighbours.Classify(labels, 2), 1e-9, 1e-9);
        Assert.Equal(-1, neighbours.Loss(labels.index_select(1, tensor(new long[] { 0, 2 })), labels).item<double>(), 1e-9);
    }

    [Theory, InlineData(0), InlineData(3)]
    public void An_embedding_learns_to_hide_what_does_not_matter(long samples)
    {
        // The class is the sign of one direction; the other is noise twenty times as wide, so neighbours in the plane say little.
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var knn = new DifferentiableKnn(5, new NeuralSort(1));
        var weight = eye(2).requires_grad_();
        var optimizer = new Descent(0.03, weight);
        var (firstLoss, firstAccuracy) = Measure(train: false);
        for (var step = 0; step < 60; step++) Measure(train: true);
        var (lastLoss, lastAccuracy) = Measure(train: false);
        Assert.True(lastLoss < firstLoss - 0.2, $"The loss went from {firstLoss} to {lastLoss}.");
        Assert.True(firstAccuracy < 0.9 && lastAccuracy > 0.95, $"The accuracy went from {firstAccuracy} to {lastAccuracy}.");

        (double Loss, double Accuracy) Measure(bool train)
        {
            using var inner = NewDisposeScope();
            var (queries, queryLabels) = Draw(train ? 100 : 1000);
            var (candidates, labels) = Draw(100);
            var (q, x) = (queries.matmul(weight), candidates.matmul(weight));
            using var neighbours = samples == 0 ? knn.forward(q, x) : knn.forward(q, x, samples, generator);
            var loss = neighbours.Loss(queryLabels, labels);
            if (train) optimizer.Step(loss);
            var right = neighbours.Classify(labels, 2).argmax(-1).eq(queryLabels);
            return (loss.item<float>(), right.to(float64).mean().item<double>());
        }

        (Tensor Points, Tensor Labels) Draw(long count)
        {
            var labels = randint(2, count, dtype: int64, generator: generator);
            var signal = labels.mul(Number(2)).sub(Number(1)).unsqueeze(-1).Plus(randn(count, 1, generator: generator).mul(Number(0.4)));
            return (cat([signal, randn(count, 1, generator: generator).mul(Number(20))], -1), labels);
        }
    }

    private static Tensor Points(params double[] places) => tensor(places).unsqueeze(-1);
}
