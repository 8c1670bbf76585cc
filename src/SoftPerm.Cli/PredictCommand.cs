using System.CommandLine;
using SoftPerm.Experiments;
using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Tasks;

namespace SoftPerm.Cli;

/// <summary><c>softperm predict RUN</c>: draws a test sequence and the order found.</summary>
internal static class PredictCommand
{
    private static readonly Argument<string> RunArgument = new("RUN") { Description = "The run folder." };

    private static readonly Option<int?> ItemsOption = new("--items") { Description = "Items of the sequence. Default: those of the run." };

    private static readonly Option<int> IndexOption = new("--index") { Description = "Which test sequence, from 0.", DefaultValueFactory = _ => 0 };

    private static readonly Option<string> OutOption = new("--out") { Description = "The picture. Default: prediction.png in the run folder.", HelpName = "PNG" };

    private static readonly Option<string> DataOption = new("--data") { Description = "The folder that holds data sets.", HelpName = "DIR" };

    public static Command Create()
    {
        var command = new Command("predict", "Draw a test sequence and the order the run finds, in the terminal and as a picture.").WithExamples(
            "softperm predict runs/my-run",
            "softperm predict runs/my-run --items 9 --index 3 --out order.png");
        command.Arguments.Add(RunArgument);
        foreach (var option in new Option[] { ItemsOption, IndexOption, OutOption, DataOption }) command.Options.Add(option);
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        using var model = SortModel.Open(parsed.GetValue(RunArgument)!, parsed.GetValue(DataOption));
        var items = parsed.GetValue(ItemsOption) ?? model.Config.Items;
        if (items is < 2 or > 100) throw new UserErrorException($"--items is {items}; allowed: 2 to 100.");
        var index = parsed.GetValue(IndexOption);
        if (index < 0) throw new UserErrorException($"--index is {index}; allowed: 0 or more.");
        var picture = parsed.GetValue(OutOption) ?? Path.Combine(model.Run.Path, "prediction.png");
        var drawing = model.Predict(items, index);
        SequencePicture.Draw(drawing, picture);
        var output = parsed.InvocationConfiguration.Output;
        output.WriteLine(SequenceText.Render(drawing));
        output.WriteLine($"Picture: {picture}");
        return 0;
    }
}
