using System.Text.Json;
using SoftPerm.Training.IO;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Training.Tests.IO;

public sealed class TensorJsonTests
{
    [Fact]
    public void Numbers_keep_every_digit_of_their_type()
    {
        using var scope = NewDisposeScope();
        Assert.Equal("[0.1,-0,5E-324,1.7976931348623157E+308]", Text(tensor(new[] { 0.1, -0.0, double.Epsilon, double.MaxValue })));
        Assert.Equal("[0.1,3.4028235E+38]", Text(tensor(new[] { 0.1f, float.MaxValue })));
        Assert.Equal("[-3,4]", Text(tensor(new long[] { -3, 4 })));
    }

    [Fact]
    public void Axes_become_nested_lists()
    {
        using var scope = NewDisposeScope();
        Assert.Equal("2.5", Text(tensor(2.5)));
        Assert.Equal("[]", Text(zeros(0)));
        Assert.Equal("[[],[]]", Text(zeros(2, 0)));
        Assert.Equal("[[0,3],[1,4],[2,5]]", Text(Indices(6, int64).reshape(2, 3).t()));
    }

    [Fact]
    public void What_is_not_finite_is_a_string_that_comes_back()
    {
        using var scope = NewDisposeScope();
        var text = Text(tensor(new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity }));
        Assert.Equal("""["NaN","Infinity","-Infinity"]""", text);
        Assert.Equal([double.NaN, double.PositiveInfinity, double.NegativeInfinity], JsonArray.Parse(text).Data);
    }

    [Fact]
    public void Long_tensors_come_back_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        var values = Indices(30_001, float64).div(Number(7)).reshape(19, 1579).requires_grad_();
        var found = JsonArray.Parse(Text(values));
        Assert.Equal(values.shape, found.Shape);
        Assert.Equal(values.detach().reshape(-1).data<double>().ToArray(), found.Data);
    }

    [Fact]
    public void Several_tensors_make_one_object()
    {
        using var scope = NewDisposeScope();
        using var writer = new StringWriter();
        TensorJson.Write(writer, new Dictionary<string, Tensor> { ["a \"b\""] = tensor(1), ["c"] = ones(2) });
        using var document = JsonDocument.Parse(writer.ToString());
        Assert.Equal(1, document.RootElement.GetProperty("a \"b\"").GetInt32());
        Assert.Equal(2, document.RootElement.GetProperty("c").GetArrayLength());
    }

    private static string Text(Tensor values)
    {
        using var writer = new StringWriter();
        TensorJson.Write(writer, values);
        return writer.ToString();
    }
}
