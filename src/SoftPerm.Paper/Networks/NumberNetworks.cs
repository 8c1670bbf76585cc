using SoftPerm.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SoftPerm.Paper.Networks;

/// <summary>The networks that turn an image of a number into features or a score, by name.</summary>
public static class NumberNetworks
{
    /// <summary>The network of the paper: conv 5×5×32, pool, conv 5×5×64, pool, FC 64, FC out.</summary>
    public const string Paper = "paper";

    /// <summary>A quarter of its cost: conv 5×5×16 stride 2, conv 3×3×32, pool, conv 3×3×64, FC 64, FC out.</summary>
    public const string Small = "small";

    /// <summary>A better one for images that are digits side by side: the convolutions of <see cref="Small"/>, then for each digit the same
    /// reader of ten classes, whose values and places are learned: the score is a sum over digits.</summary>
    public const string Digits = "digits";

    /// <summary>The names that <see cref="Create"/> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [Paper, Small, Digits];

    /// <summary>Builds a network with freshly drawn weights.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="height">The images' height, a multiple of 4.</param>
    /// <param name="width">The images' width, a multiple of 4; of the height, for <see cref="Digits"/>.</param>
    /// <param name="outputs">Numbers put out for each image: 1 for a score.</param>
    /// <param name="generator">The source of the weights.</param>
    /// <exception cref="UserErrorException">No network has this name.</exception>
    public static Sequential Create(string name, int height, int width, int outputs, Generator generator)
    {
        var network = name switch
        {
            Paper => Sequential(
                ("conv1", Conv2d(1, 32, 5L, padding: 2L)), ("relu1", ReLU()), ("pool1", MaxPool2d(2)),
                ("conv2", Conv2d(32, 64, 5L, padding: 2L)), ("relu2", ReLU()), ("pool2", MaxPool2d(2)),
                ("flatten", Flatten()), ("fc1", Linear(64 * (height / 4) * (width / 4), 64)), ("relu3", ReLU()), ("fc2", Linear(64, outputs))),
            Small => Sequential(
                ("conv1", Conv2d(1, 16, 5L, stride: 2L, padding: 2L)), ("relu1", ReLU()),
                ("conv2", Conv2d(16, 32, 3L, padding: 1L)), ("relu2", ReLU()), ("pool2", MaxPool2d(2)),
                ("conv3", Conv2d(32, 64, 3L, padding: 1L)), ("relu3", ReLU()),
                ("flatten", Flatten()), ("fc1", Linear(64 * (height / 4) * (width / 4), 64)), ("relu4", ReLU()), ("fc2", Linear(64, outputs))),
            Digits => Sequential(
                ("conv1", Conv2d(1, 16, 5L, stride: 2L, padding: 2L)), ("relu1", ReLU()),
                ("conv2", Conv2d(16, 32, 3L, padding: 1L)), ("relu2", ReLU()), ("pool2", MaxPool2d(2)),
                ("conv3", Conv2d(32, 64, 3L, padding: 1L)), ("relu3", ReLU()),
                ("read", Conv2d(64, 128, (long)(height / 4), stride: (long)(height / 4))), ("relu4", ReLU()),
                ("class", Conv2d(128, 10, 1L)), ("softmax", Softmax(1)), ("value", Conv2d(10, 1, 1L)),
                ("flatten", Flatten()), ("place", Linear(width / height, outputs))),
            _ => throw new UserErrorException($"There is no network '{name}'; choose one of: {string.Join(", ", Names)}."),
        };
        WeightDraw.Uniform(network, generator);
        return network;
    }

    /// <summary>The layers of the vanilla networks: n features of each of n images, side by side, through two layers of n² units.</summary>
    /// <param name="items">n.</param>
    /// <param name="outputs">Numbers put out for a sequence.</param>
    /// <returns>From [sequences·n, n] to [sequences, outputs], with libtorch's own draws of weights.</returns>
    internal static Sequential DenseHead(int items, long outputs)
    {
        var units = (long)items * items;
        return Sequential(
            ("sequences", Unflatten(0, [-1, items])), ("concatenate", Flatten()),
            ("fc1", Linear(units, units)), ("relu1", ReLU()), ("fc2", Linear(units, units)), ("relu2", ReLU()), ("fc3", Linear(units, outputs)));
    }
}
