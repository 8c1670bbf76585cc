using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Networks;
using SoftPerm.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tasks.Neighbours;

/// <summary>The embedding of a run, and for <see cref="KnnMethods.Classifier"/> the linear layer after it.</summary>
internal sealed class KnnNetwork : nn.Module
{
    private readonly KnnConfig config;

    public KnnNetwork(KnnConfig config, Generator weights) : base("knn")
    {
        this.config = config;
        Scale = PixelScale.Of(config.Dataset);
        var (channels, height, width) = DatasetCatalog.ShapeOf(config.Dataset);
        Embedding = EmbeddingNetworks.Create(config.Network, channels, height, width, weights);
        if (config.Method == KnnMethods.Classifier)
        {
            Classifier = nn.Linear(EmbeddingNetworks.Features(config.Network), DatasetCatalog.Classes);
            WeightDraw.Uniform(Classifier, weights);
            register_module("classifier", Classifier);
        }

        register_module("embedding", Embedding);
    }

    /// <summary>From images to features.</summary>
    public nn.Module<Tensor, Tensor> Embedding { get; }

    /// <summary>From features to logits of classes; null for nearest neighbours.</summary>
    public Linear? Classifier { get; }

    /// <summary>How bytes become numbers.</summary>
    public PixelScale Scale { get; }

    /// <summary>Classifies the images of a step.</summary>
    /// <returns>The loss, what is predicted of each image [n, classes], and their true labels [n].</returns>
    public (Tensor Loss, Tensor Predicted, Tensor Truth) Classify(Tensor features, Tensor labels, double temperature, Generator noise)
    {
        if (Classifier is not null)
        {
            var logits = Classifier.Compute(features);
            return (nn.functional.cross_entropy(logits, labels), logits.detach(), labels);
        }

        var relaxation = (Relaxation)RelaxationCatalog.Of(config.Relaxation).Create(temperature, true);
        using var knn = new DifferentiableKnn(config.K, relaxation, config.Weighting);
        var (queries, candidates) = (features.narrow(0, 0, config.Queries), features.narrow(0, config.Queries, config.Candidates));
        var (truth, known) = (labels.narrow(0, 0, config.Queries), labels.narrow(0, config.Queries, config.Candidates));
        var neighbours = config.Method == KnnMethods.Stochastic
            ? knn.forward(queries, candidates, config.Samples, noise)
            : knn.forward(queries, candidates);
        return (neighbours.Loss(truth, known), neighbours.Classify(known, DatasetCatalog.Classes).detach(), truth);
    }

    /// <summary>The features of images, without gradients.</summary>
    public Tensor Embed(ImageSet images, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        ImageFeatures.Of(Embedding, images, Scale, progress, cancellationToken);

    /// <summary>The share of images that the linear layer classifies right.</summary>
    public double ClassifierAccuracy(ImageSet images, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return Classifier!.Compute(Embed(images, cancellationToken: cancellationToken)).argmax(-1).eq(images.LabelTensor()).to(float64).mean().item<double>();
    }
}
