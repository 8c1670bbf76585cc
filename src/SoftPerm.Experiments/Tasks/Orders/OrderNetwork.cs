using SoftPerm.Experiments.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SoftPerm.Experiments.Tasks.Orders;

/// <summary>Builds the network of an <see cref="OrderModel"/>: the images' network, then the model's head, if it has one.</summary>
internal static class OrderNetwork
{
    /// <summary>Draws a network from images [sequences·items, 1, height, width] to what the model relaxes.</summary>
    public static Module<Tensor, Tensor> Create(OrderModel model, string network, int height, int width, int items, Generator generator)
    {
        var images = NumberNetworks.Create(network, height, width, model.OutputsPerImage(items), generator);
        if (model.Head(items) is not { } head) return images;
        WeightDraw.He(head, generator);
        return Sequential(("images", images), ("head", head));
    }
}
