using System.CommandLine;
using System.Globalization;
using SoftPerm.Paper.Datasets;
using SoftPerm.Training;

namespace SoftPerm.Cli;

/// <summary><c>softperm data</c>: lists, checks and fetches data sets.</summary>
internal sealed class DataCommand : Command
{
    private const string Everything = "all";

    private readonly Option<string> dataOption = DataSetting.Option($"that of {DataFolders.Variable}, then {DataFolders.Cache}");

    private readonly Argument<string?> verifyArgument = new("NAME") { Description = $"One of {Names}. Default: all that are found.", Arity = ArgumentArity.ZeroOrOne };

    private readonly Argument<string> fetchArgument = new("NAME") { Description = $"One of {Names}; or {Everything}." };

    /// <summary>Builds the command.</summary>
    public DataCommand() : base("data", "List, check and fetch data sets.")
    {
        verifyArgument.CompletionSources.Add([.. PublishedDataset.All.Select(d => d.Name)]);
        fetchArgument.CompletionSources.Add([.. PublishedDataset.All.Select(d => d.Name), Everything]);
        Add(Sub("list", "Show the data sets and where they are.", List, null, "softperm data list", "softperm data list --data /data"));
        Add(Sub("verify", "Read every file found and check its checksum and structure.", Verify, verifyArgument, "softperm data verify", "softperm data verify mnist --data /data"));
        Add(Sub("fetch", "Fetch a public data set; what is there already is kept.", Fetch, fetchArgument, "softperm data fetch mnist", "softperm data fetch all --data /data"));
        this.WithExamples("softperm data list", "softperm data fetch mnist", "softperm data verify");
    }

    private static string Names => string.Join(", ", PublishedDataset.All.Select(d => d.Name));

    private Command Sub(string name, string description, Func<ParseResult, int> action, Argument? argument, params string[] examples)
    {
        var command = new Command(name, description);
        if (argument is not null) command.Add(argument);
        command.Add(dataOption);
        command.SetAction(action);
        return command.WithExamples(examples);
    }

    private int List(ParseResult parsed)
    {
        var output = parsed.InvocationConfiguration.Output;
        var directory = Existing(parsed);
        output.WriteLine($"{DatasetCatalog.Generated,-14} always there: drawn when it is needed");
        foreach (var dataset in PublishedDataset.All)
        {
            var found = DatasetVerifier.Found(dataset, directory);
            output.WriteLine($"{dataset.Name,-14} {(found.Count == 0 ? NotFound(dataset) : Place(dataset, found))}");
        }

        return 0;
    }

    private int Verify(ParseResult parsed)
    {
        var output = parsed.InvocationConfiguration.Output;
        var name = parsed.GetValue(verifyArgument);
        var directory = Existing(parsed);
        if (directory is not null && name is null && PublishedDataset.All.All(d => DatasetVerifier.Found(d, directory).Count == 0))
            throw new UserErrorException($"'{directory}' holds none of {Names}: there is nothing to verify.");
        var faults = new List<string>();
        foreach (var dataset in name is null ? PublishedDataset.All : [Named(name)])
        {
            if (name is null && DatasetVerifier.Found(dataset, directory).Count == 0)
            {
                output.WriteLine($"{dataset.Name}: {NotFound(dataset)}");
                continue;
            }

            try
            {
                foreach (var file in DatasetVerifier.Verify(dataset, directory)) output.WriteLine($"{file.Path}: {file.Content}, MD5 {file.Md5}: right");
            }
            catch (UserErrorException e)
            {
                faults.Add(Words.Of(e));
            }
        }

        return faults.Count == 0 ? 0 : throw new UserErrorException(string.Join(" ", faults));
    }

    private int Fetch(ParseResult parsed)
    {
        var name = parsed.GetValue(fetchArgument)!;
        using var interruption = new Interruption();
        using var client = new HttpClient();
        var fetcher = new DatasetFetcher(client, new FetchLines(parsed.InvocationConfiguration.Output));
        foreach (var dataset in name == Everything ? PublishedDataset.All : [Named(name)])
            fetcher.FetchAsync(dataset, DataSetting.Given(parsed, dataOption), interruption.Token).GetAwaiter().GetResult();
        return 0;
    }

    /// <summary>The folder given; null where none is.</summary>
    private string? Existing(ParseResult parsed)
    {
        var directory = DataSetting.Given(parsed, dataOption);
        DataFolders.Check(directory, PublishedDataset.Mnist);
        return directory;
    }

    private static PublishedDataset Named(string name) => PublishedDataset.All.FirstOrDefault(d => d.Name == name)
        ?? throw new UserErrorException(name == DatasetCatalog.Generated
            ? $"The data set '{name}' is drawn when it is needed: it has no files. Those with files: {Names}."
            : $"There is no data set '{name}'; choose one of: {Names}.");

    private static string NotFound(PublishedDataset dataset) => $"not found; {ToolInvocation.Line("data", "fetch", dataset.Name)} (about {dataset.Megabytes} MB)";

    private static string Place(PublishedDataset dataset, IReadOnlyList<FileInfo> found) => string.Create(
        CultureInfo.InvariantCulture,
        $"{string.Join(", ", found.Select(f => f.DirectoryName).Distinct())} ({found.Count} of {dataset.Files.Count} files, {found.Sum(f => f.Length) / 1e6:f1} MB)");
}
