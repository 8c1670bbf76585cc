using System.Globalization;
using SoftPerm.Training;

namespace SoftPerm.Paper.Datasets;

/// <summary>Opens data sets by name.</summary>
public static class DatasetCatalog
{
    /// <summary>The embedded data set's name.</summary>
    public const string Generated = "generated";

    /// <summary>Classes of images, in every data set.</summary>
    internal const int Classes = 10;

    private const ulong GeneratedSeed = 1;
    private const int GeneratedTrain = 24_000, GeneratedTest = 4_000;
    private static readonly Lazy<ImageDataset> Drawn = new(DrawGenerated); // takes a second or two, and many a command opens it twice

    /// <summary>The names that <see cref="Open"/> takes.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [Generated, PublishedDataset.Mnist.Name, PublishedDataset.FashionMnist.Name, PublishedDataset.Cifar10.Name, CifarImages.Sample];

    /// <summary>Those whose images stand for digits: grey, ten classes.</summary>
    public static IReadOnlyList<string> DigitNames { get; } = [Generated, PublishedDataset.Mnist.Name, PublishedDataset.FashionMnist.Name];

    /// <summary>Opens a data set and checks it: 28×28 grey images, or 32×32 in colour of CIFAR-10.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="dataDirectory">A folder of data sets; null for <c>SOFTPERM_DATA</c>, then the user's cache.</param>
    /// <exception cref="UserErrorException">The name is unknown, a file is missing, or it is not the published one.</exception>
    public static ImageDataset Open(string name, string? dataDirectory)
    {
        if (name == Generated) return Drawn.Value;
        DataFolders.Check(dataDirectory, PublishedDataset.All.FirstOrDefault(d => d.Name == name) ?? PublishedDataset.Mnist);
        if (name == CifarImages.Sample) return CifarImages.OpenSample(dataDirectory);
        if (name == PublishedDataset.Cifar10.Name) return CifarImages.Open(dataDirectory);
        var published = PublishedDataset.All.FirstOrDefault(d => d.Name == name && Names.Contains(name))
            ?? throw new UserErrorException($"There is no data set '{name}'; choose one of: {string.Join(", ", Names)}.");
        return OpenIdx(published, dataDirectory);
    }

    /// <summary>Reads the four IDX files of a data set.</summary>
    internal static ImageDataset OpenIdx(PublishedDataset published, string? dataDirectory)
    {
        var files = published.Files.Select(f => ReadChecked(published, f, dataDirectory)).ToArray();
        return new ImageDataset(
            published.Name,
            IdxReader.Read(files[0].Path, files[0].Bytes, files[1].Path, files[1].Bytes),
            IdxReader.Read(files[2].Path, files[2].Bytes, files[3].Path, files[3].Bytes),
            files.ToDictionary(f => Path.GetFileName(f.Path), f => f.Md5));
    }

    /// <summary>Reads a file of a data set, whose checksum must be the published one.</summary>
    internal static (string Path, byte[] Bytes, string Md5) ReadChecked(PublishedDataset dataset, PublishedFile file, string? dataDirectory)
    {
        var (path, published) = DataFolders.Find(dataset, file, dataDirectory) ?? throw Missing(dataset, file, dataDirectory);
        var bytes = DataFile.Read(path);
        var md5 = DataFile.Md5(bytes);
        if (md5 != published)
            throw new UserErrorException($"{path} is not the file of {dataset.Name}: its MD5 is {md5}, not {published}. Move it away.") { Remedy = new FetchDataset(dataset.Name, dataDirectory) };
        return (path, bytes, md5);
    }

    private static UserErrorException Missing(PublishedDataset dataset, PublishedFile file, string? dataDirectory) => new(dataDirectory is null
        ? $"{file.Name} of {dataset.Name} is in none of: {string.Join(", ", DataFolders.Searched(null))}. Name its folder with 'DataDirectory' or {DataFolders.Variable}, or fetch it."
        : $"'{dataDirectory}' does not hold {dataset.Name}: {file.Name}, packed or not, is neither in it nor in its folder {dataset.Name}.")
    { Remedy = new FetchDataset(dataset.Name, dataDirectory) };

    /// <summary>The shape of a data set's images, without opening it.</summary>
    internal static (int Channels, int Height, int Width) ShapeOf(string name) => DigitNames.Contains(name) ? (1, 28, 28) : (3, 32, 32);

    private static ImageDataset DrawGenerated()
    {
        var train = GeneratedDigits.Draw(GeneratedSeed, 0, GeneratedTrain);
        var test = GeneratedDigits.Draw(GeneratedSeed, GeneratedTrain, GeneratedTest);
        string Recipe(int first, int count) => string.Create(CultureInfo.InvariantCulture, $"seed {GeneratedSeed}, images {first} to {first + count - 1}");
        return new ImageDataset(Generated, train, test, new Dictionary<string, string>
        {
            [Recipe(0, GeneratedTrain)] = DataFile.Md5(train.Pixels),
            [Recipe(GeneratedTrain, GeneratedTest)] = DataFile.Md5(test.Pixels),
        });
    }
}
