namespace SoftPerm.Experiments.Datasets;

/// <summary>A public data set: its files with their checksums, and the mirrors they come from.</summary>
/// <param name="Name">The name on the command line, and of its folder.</param>
/// <param name="Files">Its files; for the IDX sets training images and labels, then test images and labels.</param>
/// <param name="Mirrors">Addresses the file names are appended to, tried in order.</param>
public sealed record PublishedDataset(string Name, IReadOnlyList<PublishedFile> Files, IReadOnlyList<Uri> Mirrors)
{
    /// <summary>MNIST.</summary>
    public static PublishedDataset Mnist { get; } = Idx(
        "mnist",
        ["f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432", "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c"],
        "https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/");

    /// <summary>Fashion-MNIST.</summary>
    public static PublishedDataset FashionMnist { get; } = Idx(
        "fashion-mnist",
        ["8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe", "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310"],
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/");

    /// <summary>CIFAR-10, the binary archive.</summary>
    public static PublishedDataset Cifar10 { get; } = new(
        "cifar-10",
        [new PublishedFile("cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530")],
        [new Uri("https://www.cs.toronto.edu/~kriz/")]);

    /// <summary>All data sets that can be fetched.</summary>
    public static IReadOnlyList<PublishedDataset> All { get; } = [Mnist, FashionMnist, Cifar10];

    // The order of the files of every IDX set. An expression, so that it is there when the properties above are made.
    private static string[] IdxStems => ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];

    private static PublishedDataset Idx(string name, string[] checksums, params string[] mirrors) => new(
        name,
        [.. IdxStems.Zip(checksums, (stem, md5) => new PublishedFile($"{stem}-ubyte.gz", md5))],
        [.. mirrors.Select(m => new Uri(m))]);
}
