using System.CommandLine;
using SoftPerm.Experiments;
using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Tasks.Sorting;

namespace SoftPerm.Cli;

/// <summary><c>softperm predict RUN</c>: draws a test sequence and the order found.</summary>
internal sealed class PredictCommand : Command
{
    private readonly Argument<string> runArgument = new("RUN") { Description = "The run folder." };

    private readonly Option<int?> itemsOption = new("--items") { Description = "Items of the sequence. Default: those of the run." };

    private readonly Option<int> indexOption = new("--index") { Description = "Which test sequence, from 0.", DefaultValueFactory = _ => 0 };

    private readonly Option<string> pictureOption = new("--out") { Description = "The picture. Default: prediction.png in the run folder.", HelpName = "PNG" };

    private readonly Option<string> dataOption = new("--data") { Description = "The folder that holds data sets.", HelpName = "DIR" };

    /// <summary>Builds the command.</summary>
    public PredictCommand() : base("predict", "Draw a test sequence and the order the run finds, in the terminal and as a picture.")
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
        using var model = SortModel.Open(parsed.GetValue(runArgument)!, parsed.GetValue(dataOption));
        var items = parsed.GetValue(itemsOption) ?? model.Config.Items;
        if (items is < 2 or > 100) throw new UserErrorException($"--items is {items}; allowed: 2 to 100.");
        var index = parsed.GetValue(indexOption);
        if (index < 0) throw new UserErrorException($"--index is {index}; allowed: 0 or more.");
        var picture = parsed.GetValue(pictureOption) ?? Path.Combine(model.Run.Path, "prediction.png");
        if (picture.Length == 0) throw new UserErrorException("--out is empty; name a .png file.");
        var drawing = model.Predict(items, index);
        SequencePicture.Draw(drawing, picture);
        var output = parsed.InvocationConfiguration.Output;
        output.WriteLine(Console.IsOutputRedirected ? SequenceText.Render(drawing) : SequenceText.Render(drawing, colour: true, Console.WindowWidth));
        output.WriteLine($"Picture: {picture}");
        return 0;
    }
}
