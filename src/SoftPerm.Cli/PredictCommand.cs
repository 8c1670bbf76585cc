using System.CommandLine;
using System.Globalization;
using SoftPerm.Paper;
using SoftPerm.Paper.Drawing;
using SoftPerm.Training;
using SoftPerm.Training.Runs;

namespace SoftPerm.Cli;

/// <summary><c>softperm predict RUN</c>: shows what a trained run makes of test data.</summary>
internal sealed class PredictCommand : Command
{
    private const int Shown = 8; // images or sets

    private readonly Argument<string> runArgument = new("RUN") { Description = "The run folder." };

    private readonly Option<int?> itemsOption = new("--items") { Description = "Items of the sequence, for a run of sort. Default: those of the run.", CustomParser = result => Setting<PredictCommand>.Parse<int>(result) };

    private readonly Option<int> indexOption = new("--index") { Description = "Which test sequence, set or image, from 0; of sets and images, some from there on. Default: 0.", CustomParser = Setting<PredictCommand>.Parse<int> };

    private readonly Option<string> pictureOption = new("--out") { Description = "The picture, a .png file. Default: prediction.png in the run folder.", HelpName = "PNG" };

    private readonly Option<string> dataOption = DataSetting.Option("where the run had it");

    /// <summary>Builds the command.</summary>
    public PredictCommand() : base("predict", "Show what a run makes of test data: the order of a sequence, the quantiles of sets, or the nearest neighbours of images.")
    {
        Add(runArgument);
        foreach (var option in new Option[] { itemsOption, indexOption, pictureOption, dataOption }) Add(option);
        SetAction(Run);
        this.WithExamples(
            "softperm predict runs/my-run",
            "softperm predict runs/my-run --items 9 --index 3 --out order.png");
    }

    private int Run(ParseResult parsed)
    {
        var folder = parsed.GetValue(runArgument)!;
        var index = parsed.GetValue(indexOption);
        if (index < 0) throw new UserErrorException($"--index is {index}; allowed: 0 or more.");
        if (parsed.GetValue(pictureOption) is { } picture) CheckPicture(picture);
        var task = RunFolder.Open(folder).Task;
        if (task != "sort" && parsed.GetValue(itemsOption) is not null) throw new UserErrorException($"--items is for runs of sort; {folder} is one of {task}.");
        switch (task)
        {
            case "knn": ShowNeighbours(parsed, folder, index); break;
            case "quantile": ShowQuantiles(parsed, folder, index); break;
            default: ShowOrder(parsed, folder, index); break;
        }

        return 0;
    }

    private void ShowOrder(ParseResult parsed, string folder, int index)
    {
        using var sorter = TrainedSorter.Open(folder);
        var items = parsed.GetValue(itemsOption) ?? sorter.Config.Items;
        if (items is < 2 or > 100) throw new UserErrorException($"--items is {items}; allowed: 2 to 100.");
        var drawing = sorter.Predict(sorter.OpenData(DataSetting.Given(parsed, dataOption)).Test, items, index);
        var output = parsed.InvocationConfiguration.Output;
        output.WriteLine(Console.IsOutputRedirected ? SequenceText.Render(drawing) : SequenceText.Render(drawing, TerminalColours.AreWanted, Console.WindowWidth));
        Save(parsed, sorter.Run.Path, path => SequencePicture.Draw(drawing, path));
    }

    private void ShowNeighbours(ParseResult parsed, string folder, int index)
    {
        using var trained = TrainedNeighbours.Open(folder);
        var data = trained.OpenData(DataSetting.Given(parsed, dataOption));
        if (index >= data.Test.Count) throw new UserErrorException($"--index is {index}; allowed: 0 to {data.Test.Count - 1}, the last test image.");
        var drawings = trained.Predict(data, index, Math.Min(Shown, data.Test.Count - index));
        foreach (var (k, d) in drawings.Index())
            parsed.InvocationConfiguration.Output.WriteLine(
                $"image {index + k}: {d.Predicted} ({(d.IsRight ? "right" : $"wrong, it is {d.Label}")}), neighbours {string.Join(' ', d.Neighbours.Labels)}");
        Save(parsed, trained.Run.Path, path => NeighbourPicture.Draw(drawings, path));
    }

    private void ShowQuantiles(ParseResult parsed, string folder, int index)
    {
        using var trained = TrainedQuantile.Open(folder);
        var sets = trained.Predict(trained.OpenData(DataSetting.Given(parsed, dataOption)).Test, index, Shown);
        foreach (var (k, s) in sets.Index())
            parsed.InvocationConfiguration.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"set {index + k}: {string.Join(' ', s.Numbers)}, quantile {trained.Config.Quantile}: {s.Truth:g6}, predicted {s.Predicted:f1}"));
        Save(parsed, trained.Run.Path, path => QuantilePicture.Draw(sets, trained.Config.Quantile, trained.Range, path));
    }

    private static void CheckPicture(string path)
    {
        try
        {
            PictureFile.Check(path);
        }
        catch (UserErrorException e)
        {
            throw new UserErrorException($"--out: {e.Message}", e);
        }
    }

    private void Save(ParseResult parsed, string folder, Action<string> draw)
    {
        var picture = parsed.GetValue(pictureOption) ?? Path.Combine(folder, "prediction.png");
        draw(picture);
        parsed.InvocationConfiguration.Output.WriteLine($"Picture: {picture}");
    }
}
