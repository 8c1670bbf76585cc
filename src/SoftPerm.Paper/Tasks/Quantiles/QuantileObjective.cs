using SoftPerm.Paper.Networks;
using SoftPerm.Training;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tasks.Quantiles;

/// <summary>A network that predicts a quantile of the numbers a sequence of images shows, in units of the range of numbers.</summary>
internal abstract class QuantileObjective(string name) : nn.Module(name)
{
    /// <summary>Draws the network of a run, for images of a height and width.</summary>
    public static QuantileObjective Create(QuantileConfig config, int height, int width, Generator weights) => config.Method == OrderObjectives.Vanilla
        ? new DirectQuantile(config, height, width, weights)
        : new PlacedQuantile(OrderObjectives.Of(config.Method, config.Relaxation), config, height, width, weights);

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

/// <summary>Two networks: one puts the images in order softly, one reads a value from each; the prediction is the value at the quantile's place.
/// Or one that does both.</summary>
/// <remarks>
/// <b>Source.</b> Grover et al. 2019, section 6.2, and its code for the losses: (y - Σ_j p_j v_j)² where the permutation is deterministic,
/// Σ_j p_j (y - v_j)² where it is drawn.
/// </remarks>
internal sealed class PlacedQuantile : QuantileObjective
{
    private readonly nn.Module<Tensor, Tensor> scores;
    private readonly nn.Module<Tensor, Tensor>? values; // null where scores gives them too
    private readonly OrderObjective order;
    private readonly QuantileConfig config;

    public PlacedQuantile(OrderObjective order, QuantileConfig config, int height, int width, Generator weights) : base("quantile")
    {
        this.order = order;
        this.config = config;
        if (config.SharedNetwork)
        {
            scores = NumberNetworks.Create(config.Network, height, width, order.OutputsPerImage(config.Items) + 1, weights);
        }
        else
        {
            scores = order.CreateNetwork(config.Network, height, width, config.Items, weights);
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

/// <summary>The baseline without a sort (Vanilla NN): the features of all images side by side, dense layers, one number.</summary>
internal sealed class DirectQuantile : QuantileObjective
{
    private readonly nn.Module<Tensor, Tensor> network;

    public DirectQuantile(QuantileConfig config, int height, int width, Generator weights) : base("direct")
    {
        var images = NumberNetworks.Create(config.Network, height, width, config.Items, weights);
        var head = NumberNetworks.DenseHead(config.Items, 1);
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
