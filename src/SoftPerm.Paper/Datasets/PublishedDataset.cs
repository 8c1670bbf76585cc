namespace SoftPerm.Paper.Datasets;

/// <summary>A public data set: its files with their checksums, and the mirrors they come from.</summary>
/// <param name="Name">The name on the command line, and of its folder.</param>
/// <param name="Megabytes">About how many megabytes there are to fetch.</param>
/// <param name="Files">Its files; for the IDX sets training images and labels, then test images and labels.</param>
/// <param name="Mirrors">Addresses the file names are appended to, tried in order.</param>
public sealed record PublishedDataset(string Name, int Megabytes, IReadOnlyList<PublishedFile> Files, IReadOnlyList<Uri> Mirrors)
{
    /// <summary>MNIST.</summary>
    public static PublishedDataset Mnist { get; } = Idx(
        "mnist",
        12,
        [
            ("f68b3c2dcbeaaa9fbdd348bbdeb94873", "6bbc9ace898e44ae57da46a324031adb"),
            ("d53e105ee54ea40749a09fcbcd1e9432", "a25bea736e30d166cdddb491f175f624"),
            ("9fb629c4189551a2d022fa330f9573f3", "2646ac647ad5339dbf082846283269ea"),
            ("ec29112dd5afa0611ce80d1b7f02629c", "27ae3e4e09519cfbb04c329615203637"),
        ],
        "https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/");

    /// <summary>Fashion-MNIST.</summary>
    public static PublishedDataset FashionMnist { get; } = Idx(
        "fashion-mnist",
        31,
        [
            ("8d4fb7e6c68d591d4c3dfef9ec88bf0d", "f4a8712d7a061bf5bd6d2ca38dc4d50a"),
            ("25c81989df183df01b3e8a0aad5dffbe", "9018921c3c673c538a1fc5bad174d6f9"),
            ("bef4ecab320f06d8554ea6380940ec79", "8181f5470baa50b63fa0f6fddb340f0a"),
            ("bb300cfdad3c16e7a12a480ee83cd310", "15d484375f8d13e6eb1aabb0c3f46965"),
        ],
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/");

    /// <summary>CIFAR-10, the binary archive.</summary>
    public static PublishedDataset Cifar10 { get; } = new(
        "cifar-10",
        170,
        [new PublishedFile("cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530")],
        [new Uri("https://www.cs.toronto.edu/~kriz/")]);

    /// <summary>All data sets that can be fetched.</summary>
    public static IReadOnlyList<PublishedDataset> All { get; } = [Mnist, FashionMnist, Cifar10];

    // The order of the files of every IDX set. An expression, so that it is there when the properties above are made.
    private static string[] IdxStems => ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];

    private static PublishedDataset Idx(string name, int megabytes, (string Packed, string Unpacked)[] checksums, params string[] mirrors) => new(
        name,
        megabytes,
        [.. IdxStems.Zip(checksums, (stem, md5) => new PublishedFile($"{stem}-ubyte.gz", md5.Packed, md5.Unpacked))],
        [.. mirrors.Select(m => new Uri(m))]);
}

/// <summary>A file of a public data set.</summary>
/// <param name="Name">Its name, as published.</param>
/// <param name="Md5">Its published checksum.</param>
/// <param name="UnpackedMd5">For a gzip file that people keep unpacked, too: the checksum of what is inside.</param>
public sealed record PublishedFile(string Name, string Md5, string? UnpackedMd5 = null)
{
    /// <summary>The names under which people keep the file, each with its checksum: as published, unpacked, and unpacked with a dot.</summary>
    internal IEnumerable<(string Name, string Md5)> LocalForms
    {
        get
        {
            yield return (Name, Md5);
            if (UnpackedMd5 is null) yield break;
            var raw = Name[..^".gz".Length];
            yield return (raw, UnpackedMd5);
            yield return (raw.Replace("-idx", ".idx", StringComparison.Ordinal), UnpackedMd5);
        }
    }
}
