using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Modules;

/// <summary>What the layer refuses, and that the message names the value.</summary>
public sealed class DifferentiableKnnBoundaryTests
{
    private static readonly DifferentiableKnn Three = new(3, new NeuralSort(1));

    [Fact]
    public void The_number_of_neighbours_must_be_positive_and_the_weighting_known()
    {
        Assert.Contains("at least 1", Assert.Throws<ArgumentOutOfRangeException>(() => new DifferentiableKnn(0, new NeuralSort(1))).Message, StringComparison.Ordinal);
        Assert.Contains("Uniform, Distance", Assert.Throws<ArgumentOutOfRangeException>(() => new DifferentiableKnn(1, new NeuralSort(1), (NeighbourWeighting)7)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => new DifferentiableKnn(1, null!));
    }

    [Fact]
    public void Features_must_fit_in_shape_and_type()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("[4]", Assert.Throws<ArgumentException>(() => Three.forward(ones(4), ones(5, 4))).Message, StringComparison.Ordinal);
        Assert.Contains("Int64", Assert.Throws<ArgumentException>(() => Three.forward(ones(2, 4, int64), ones(5, 4))).Message, StringComparison.Ordinal);
        Assert.Contains("[..., c, 4]", Assert.Throws<ArgumentException>(() => Three.forward(ones(2, 4), ones(5, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("[3, 5, 4]", Assert.Throws<ArgumentException>(() => Three.forward(ones(2, 2, 4), ones(3, 5, 4))).Message, StringComparison.Ordinal);
        Assert.Contains("Float64", Assert.Throws<ArgumentException>(() => Three.forward(ones(2, 4), ones(5, 4, float64))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fewer_candidates_than_neighbours_are_refused()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Three.forward(ones(2, 4), ones(2, 4)));
        Assert.Equal(("k", 3L), (error.ParamName, error.ActualValue));
    }

    [Fact]
    public void Samples_must_be_positive_with_a_generator_and_finite_features()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => Three.forward(ones(2, 4), ones(5, 4), 0, generator));
        Assert.Throws<ArgumentNullException>(() => Three.forward(ones(2, 4), ones(5, 4), 1, null!));
        var error = Assert.Throws<ArgumentException>(() => Three.forward(full(2, 4, Number(float.NaN)), ones(5, 4), 1, generator));
        Assert.Contains("finite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ascending_relaxation_is_refused()
    {
        using var scope = NewDisposeScope();
        var farthest = new DifferentiableKnn(1, new NeuralSort(1, descending: false));
        Assert.Contains("descending", Assert.Throws<ArgumentException>(() => farthest.forward(ones(2, 4), ones(5, 4))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_must_be_int64_as_many_as_rows_and_known_classes()
    {
        using var scope = NewDisposeScope();
        var neighbours = Three.forward(ones(2, 4), ones(5, 4));
        Assert.Contains("Int32", Assert.Throws<ArgumentException>(() => neighbours.Classify(zeros(5, int32), 2)).Message, StringComparison.Ordinal);
        Assert.Contains("[5]", Assert.Throws<ArgumentException>(() => neighbours.Classify(zeros(4, int64), 2)).Message, StringComparison.Ordinal);
        Assert.Contains("classes in 0…1", Assert.Throws<ArgumentOutOfRangeException>(() => neighbours.Classify(full(5, Number(2), int64), 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => neighbours.Classify(full(5, Number(-1), int64), 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => neighbours.Classify(zeros(5, int64), 0));
        Assert.Throws<ArgumentException>(() => neighbours.Loss(zeros(2, int64), zeros(4, int64)));
        Assert.Contains("[2]", Assert.Throws<ArgumentException>(() => neighbours.Loss(zeros(5, int64), zeros(5, int64))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => neighbours.Loss(zeros(2), zeros(5, int64)));
    }
}
