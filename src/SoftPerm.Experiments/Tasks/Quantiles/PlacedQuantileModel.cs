using SoftPerm.Experiments.Models;
using SoftPerm.Experiments.Tasks.Orders;
using SoftPerm.Experiments.Training;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Quantiles;

/// <summary>Two networks: one puts the images in order softly, one reads a value from each; the prediction is the value at the quantile's place.
/// Or one that does both.</summary>
/// <remarks>
/// <b>Source.</b> Grover et al. 2019, section 6.2, and its code for the losses: (y - Σ_j p_j v_j)² where the permutation is deterministic,
/// Σ_j p_j (y - v_j)² where it is drawn.
/// </remarks>
internal sealed class PlacedQuantileModel : QuantileModel
{
    private readonly nn.Module<Tensor, Tensor> scores;
    private readonly nn.Module<Tensor, Tensor>? values; // null where scores gives them too
    private readonly OrderModel order;
    private readonly QuantileConfig config;

    public PlacedQuantileModel(OrderModel order, QuantileConfig config, int height, int width, Generator weights) : base("quantile")
    {
        this.order = order;
        this.config = config;
        if (config.SharedNetwork)
        {
            scores = NumberNetworks.Create(config.Network, height, width, order.OutputsPerImage(config.Items) + 1, weights);
        }
        else
        {
            scores = OrderNetwork.Create(order, config.Network, height, width, config.Items, weights);
            values = NumberNetworks.Create(config.Network, height, width, 1, weights);
        }

        RegisterComponents();
    }

    public override (Tensor Loss, Tensor Predictions) Loss(Tensor images, Tensor targets, double temperature, Draws draws)
    {
        var (places, value) = Forward(images, temperature, draws);
        var predictions = Mean(places, value);
        var loss = order.IsStochastic
            ? places.mul(targets.unsqueeze(-1).sub(value).Squared()).sum(-1).mean()
            : predictions.sub(targets).Squared().mean();
        return (loss, predictions);
    }

    public override Tensor Predict(Tensor images, double temperature, Draws draws)
    {
        var (places, value) = Forward(images, temperature, draws);
        return Mean(places, value);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            scores.Dispose();
            values?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <returns>The distribution over images of the quantile's place, [sequences, items] or [samples, sequences, items], and the values.</returns>
    private (Tensor Places, Tensor Values) Forward(Tensor images, double temperature, Draws draws)
    {
        var (outputs, value) = Read(images);
        DivergedException.ThrowUnlessFinite(outputs, "scores");
        using var permutation = order.Relax(outputs, config.Items, temperature, draws);
        var places = permutation.Quantile(config.Quantile);
        // A relaxation whose rows need not sum to 1 could empty the quantile's row instead of predicting well.
        return (places / places.sum(-1, keepdim: true), value.reshape(-1, config.Items));
    }

    /// <returns>What the order is made of, and the values, for each image.</returns>
    private (Tensor Outputs, Tensor Values) Read(Tensor images)
    {
        var outputs = scores.Compute(images);
        if (values is not null) return (outputs, values.Compute(images));
        var last = outputs.size(-1) - 1;
        return (outputs.narrow(-1, 0, last), outputs.narrow(-1, last, 1));
    }

    private static Tensor Mean(Tensor places, Tensor values)
    {
        var each = places.mul(values).sum(-1);
        return each.dim() == 2 ? each.mean([0]) : each;
    }
}
