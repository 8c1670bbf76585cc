using System.Diagnostics;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Interop;

/// <summary>Alone: it collects all the time.</summary>
[Collection(nameof(HeldTests)), CollectionDefinition(nameof(HeldTests), DisableParallelization = true)]
public sealed class HeldTests
{
    [Fact]
    public void Operations_are_those_of_TorchSharp()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { -1.5, 0, 2 });
        TensorCompare.Close(tensor(new[] { 0.5, 2, 4 }), x.Plus(2), 0);
        TensorCompare.Close(tensor(new[] { -1, 0.5, 2.5 }), x.Plus(0.5), 0);
        TensorCompare.Close(tensor(new[] { -3.0, 0, 4 }), x.Plus(x), 0);
        TensorCompare.Close(tensor(new[] { 2.25, 0, 4 }), x.Squared(), 0);
        TensorCompare.Close(tensor(new[] { 0.0, 1, 2 }), Indices(3, float64), 0);
        Assert.Equal(ScalarType.Int64, Indices(3, int64).Plus(1).dtype);
        Assert.Equal(ScalarType.Float32, Indices(3, int64).Plus(0.5).dtype);
        Assert.Equal(long.MaxValue, full(1, Number(long.MaxValue)).item<long>());
        Assert.True(double.IsNaN(full(1, Number(double.NaN)).to(float64).item<double>()));
    }

    /// <summary>A count of them in an int threw after 2³¹, a few hours of work.</summary>
    [Fact]
    public void Numbers_never_run_out()
    {
        var place = typeof(Held).GetFields(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static).Single(field => field.FieldType == typeof(int) && !field.IsLiteral);
        for (var k = 0; k < 200; k++)
        {
            Number(k);
            Assert.InRange((int)place.GetValue(null)!, 0, 63);
        }
    }

    /// <summary>With <c>x.mul(3)</c> this fails within a second: "Unknown scalar type", or a wrong product.</summary>
    [Fact]
    public void Numbers_stand_collections_at_any_time()
    {
        using var collector = new BusyCollector();
        var clock = Stopwatch.StartNew();
        for (var k = 1L; clock.Elapsed < TimeSpan.FromSeconds(5); k++)
        {
            using var scope = NewDisposeScope();
            var x = ones(3, float64);
            Assert.Equal((3.0 * k) + k + 1, x.mul(Number(3)).mul(Number(k)).Plus(x.mul(Number((double)k))).Plus(1)[2].item<double>());
        }
    }
}
