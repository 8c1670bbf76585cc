using SoftPerm.Paper.Networks;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Networks;

public sealed class PrincipalComponentsTests
{
    [Fact]
    public void A_known_covariance_gives_its_eigenvectors_with_their_largest_element_positive()
    {
        // Four points: ±3 along (0.6, -0.8) and ±1 along (0.8, 0.6), around (10, 20).
        using var scope = NewDisposeScope();
        var steep = tensor(new[] { 0.6, -0.8 });
        var flat = tensor(new[] { 0.8, 0.6 });
        var mean = tensor(new[] { 10.0, 20 });
        var samples = stack([mean.Plus(steep.mul(Number(3))), mean - steep.mul(Number(3)), mean.Plus(flat), mean - flat]);
        using var components = PrincipalComponents.Fit(samples, 2);
        TensorCompare.Close(mean, components.Mean, 1e-14);
        TensorCompare.Close(tensor(new[] { -0.6, 0.8, 0.8, 0.6 }).reshape(2, 2), components.Directions, 1e-12);
        TensorCompare.Close(tensor(new[] { 6, 2.0 / 3 }), components.Variances, 1e-12);
        TensorCompare.Close(tensor(new double[] { -3, 0, 3, 0, 0, 1, 0, -1 }).reshape(4, 2), components.Transform(samples), 1e-12, 1e-12);
    }

    [Theory, InlineData(3), InlineData(8)]
    public void Components_are_orthonormal_and_restore_what_lies_along_them(int kept)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        // More samples than are taken at once, in a space of 3 dimensions of 8.
        var samples = randn(5000, 3, generator: generator).matmul(randn(3, 8, generator: generator)).Plus(5);
        using var components = PrincipalComponents.Fit(samples, kept);
        TensorCompare.Close(eye(kept, dtype: float64), components.Directions.matmul(components.Directions.t()), 1e-12, 1e-12);
        var coordinates = components.Transform(samples);
        Assert.Equal(ScalarType.Float32, coordinates.dtype);
        TensorCompare.Close(samples, components.Restore(coordinates), 1e-5, 1e-5); // float32 coordinates
        TensorCompare.Close(components.Variances, coordinates.to(float64).var(0), 1e-5, 1e-10);
    }

    [Fact]
    public void No_tensor_is_left_over()
    {
        using var samples = rand(5, 3);
        TensorLeak.Check(() =>
        {
            using var components = PrincipalComponents.Fit(samples, 2);
            using var coordinates = components.Transform(samples);
            components.Restore(coordinates).Dispose();
        });
    }

    [Fact]
    public void What_has_no_components_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => PrincipalComponents.Fit(ones(3), 1));
        Assert.Throws<ArgumentException>(() => PrincipalComponents.Fit(ones(1, 3), 1));
        Assert.Throws<ArgumentException>(() => PrincipalComponents.Fit(full(4, 3, Number(double.NaN)), 1));
        foreach (var components in new[] { 0, 4 }) Assert.Throws<ArgumentOutOfRangeException>(() => PrincipalComponents.Fit(ones(5, 3), components));
    }
}
