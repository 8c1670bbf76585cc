using SoftPerm.Experiments.Tasks.Orders;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Quantiles;

/// <summary>A network that predicts a quantile of the numbers a sequence of images shows, in units of the range of numbers.</summary>
internal abstract class QuantileModel(string name) : nn.Module(name)
{
    /// <summary>The names of all methods.</summary>
    public static IReadOnlyList<string> Methods => OrderModels.Names;

    /// <summary>Draws the network of a run, for images of a height and width.</summary>
    public static QuantileModel Create(QuantileConfig config, int height, int width, Generator weights) => config.Method == OrderModels.Vanilla
        ? new DirectQuantileModel(config, height, width, weights)
        : new PlacedQuantileModel(OrderModels.Of(config.Method, config.Relaxation), config, height, width, weights);

    /// <summary>The loss of training, a scalar.</summary>
    /// <param name="images">[sequences·items, 1, H, W].</param>
    /// <param name="targets">The true quantiles, [sequences].</param>
    /// <param name="temperature">τ.</param>
    /// <param name="draws">How a stochastic method draws.</param>
    /// <returns>The loss, and the predictions [sequences].</returns>
    public abstract (Tensor Loss, Tensor Predictions) Loss(Tensor images, Tensor targets, double temperature, Draws draws);

    /// <summary>The predictions [sequences]; a stochastic method averages over its draws.</summary>
    public abstract Tensor Predict(Tensor images, double temperature, Draws draws);
}
