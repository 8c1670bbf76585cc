using SoftPerm.Experiments.Models;
using SoftPerm.Experiments.Tasks.Orders;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Quantiles;

/// <summary>The baseline without a sort (Vanilla NN): the features of all images side by side, dense layers, one number.</summary>
internal sealed class DirectQuantileModel : QuantileModel
{
    private readonly nn.Module<Tensor, Tensor> network;

    public DirectQuantileModel(QuantileConfig config, int height, int width, Generator weights) : base("direct")
    {
        var images = NumberNetworks.Create(config.Network, height, width, config.Items, weights);
        var head = VanillaModel.DenseHead(config.Items, 1);
        WeightDraw.He(head, weights);
        network = nn.Sequential(("images", images), ("head", head));
        RegisterComponents();
    }

    public override (Tensor Loss, Tensor Predictions) Loss(Tensor images, Tensor targets, double temperature, Draws draws)
    {
        var predictions = Predict(images, temperature, draws);
        return (predictions.sub(targets).Squared().mean(), predictions);
    }

    public override Tensor Predict(Tensor images, double temperature, Draws draws) => network.Compute(images).squeeze(-1);

    protected override void Dispose(bool disposing)
    {
        if (disposing) network.Dispose();
        base.Dispose(disposing);
    }
}
