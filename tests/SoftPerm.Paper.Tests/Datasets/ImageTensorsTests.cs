using SoftPerm.Paper.Datasets;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Datasets;

public sealed class ImageTensorsTests
{
    // Two images of 3 channels, 1×2 each.
    private static readonly ImageSet Colours = new(3, 1, 2, [0, 51, 102, 153, 204, 255, 255, 204, 153, 102, 51, 0], [4, 9]);

    [Fact]
    public void Bytes_become_numbers_from_0_to_1()
    {
        using var scope = NewDisposeScope();
        var all = Colours.ToTensor(PixelScale.Unit);
        Assert.Equal([2, 3, 1, 2], all.shape);
        TensorCompare.Close(tensor(new[] { 0, .2, .4, .6, .8, 1, 1, .8, .6, .4, .2, 0 }).reshape(2, 3, 1, 2), all, 1e-6);
        TensorCompare.Close(all.narrow(0, 1, 1), Colours.ToTensor(1, 1, PixelScale.Unit), 0);
        Assert.Equal([4, 9], Colours.LabelTensor().data<long>().ToArray());
    }

    [Fact]
    public void Each_channel_has_its_own_scale()
    {
        using var scope = NewDisposeScope();
        var scaled = Colours.ToTensor(0, 1, PixelScale.Of("cifar-10"));
        double[] expected = [(0 - .4914) / .2023, (.2 - .4914) / .2023, (.4 - .4822) / .1994, (.6 - .4822) / .1994, (.8 - .4465) / .2010, (1 - .4465) / .2010];
        TensorCompare.Close(tensor(expected).reshape(1, 3, 1, 2), scaled, 1e-6);
        Assert.Equal(PixelScale.Unit, PixelScale.Of("mnist"));
        Assert.Equal([.2860], PixelScale.Of("fashion-mnist").Means);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Colours.ToTensor(PixelScale.Of("fashion-mnist")));
        Assert.Contains("3 channels", error.Message, StringComparison.Ordinal);
        foreach (var (start, count) in new[] { (-1, 1), (0, -1), (1, 2), (int.MaxValue, int.MaxValue) })
            Assert.Throws<ArgumentOutOfRangeException>(() => Colours.ToTensor(start, count, PixelScale.Unit));
    }
}
