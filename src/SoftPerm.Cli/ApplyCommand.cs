using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using SoftPerm.Training.IO;

namespace SoftPerm.Cli;

/// <summary><c>softperm apply NAME</c>: an operator on files, so that any language can use it and check it.</summary>
internal sealed class ApplyCommand : Command
{
    private const string None = " Default: none.", Off = " Default: off.";

    private static readonly string[] Names = [.. RelaxationCatalog.All.Select(known => known.Name)];

    private readonly Argument<string> operatorName = new("operator") { HelpName = "operator", Description = $"What to apply: {string.Join(", ", Names)}." };
    private readonly Option<string> scores = File("--scores", "What to sort by, [..., n].", required: true);
    private readonly Option<double> temperature = new("--temperature") { Description = "How soft the sort is: a positive number in units of the scores (permutahedra: for sorted and quantile, in their inverse).", HelpName = "T", Required = true, CustomParser = Positive };
    private readonly Option<string> mask = File("--mask", "Which scores are there: 1 or true, and 0 or false, of their shape or broadcasting to it. Absent ones come last. Default: all are there.");
    private readonly Option<string> values = File("--values", $"What to sort, [..., n, d]; [n] counts as [n, 1]: adds applied.{None}");
    private readonly Option<long?> topK = new("--top-k") { Description = $"A number of places: adds top_k, how much each item belongs to the first k.{None}", HelpName = "K", CustomParser = result => Setting<ApplyArguments>.Parse<long>(result) };
    private readonly Option<double?> quantile = new("--quantile") { Description = $"A number from 0 (the smallest score) to 1 (the largest): adds quantile.{None}", HelpName = "Q", CustomParser = Proportion };
    private readonly Option<bool> ascending = new("--ascending") { Description = $"Put the smallest score first instead of the largest.{Off}" };
    private readonly Option<bool> float32 = new("--float32") { Description = $"Compute in float32 instead of float64, unless that merges scores that differ.{Off}" };
    private readonly Option<bool> noMatrix = new("--no-matrix") { Description = $"Leave out 'matrix', and never build it; a permutahedron has none.{Off}" };
    private readonly Option<string> output = new("--out") { Description = "Write to FILE, ending in .json or .npz. Default: the standard output.", HelpName = "FILE" };

    private readonly OrderedDictionary<ApplyResult, Option<string>> upstreams = new(ApplyResult.All.Select(result => KeyValuePair.Create(
        result, File(result.Upstream, $"The gradient of a loss in '{result.Name}', of its shape: adds gradients.{None}"))));

    private readonly Func<Stream> standardInput;

    /// <summary>Builds the command.</summary>
    /// <param name="standardInput">Opens the standard input.</param>
    public ApplyCommand(Func<Stream> standardInput) : base("apply", "Apply a differentiable sort to arrays in files, with gradients if asked for.")
    {
        this.standardInput = standardInput;
        operatorName.Validators.Add(OneOfTheOperators);
        operatorName.CompletionSources.Add([.. Names]);
        Add(operatorName);
        foreach (var option in (Option[])[scores, temperature, mask, values, topK, quantile, .. upstreams.Values, ascending, float32, noMatrix, output]) Add(option);
        SetAction(Run);
        this.WithNotes(
            "Prints one JSON object: order (the item at each place, from 0, by the scores as given), ranks (the soft place of each item),",
            "sorted (the softly sorted scores), matrix [..., n, n], applied = matrix times values [..., n, d], top_k [..., n], quantile [...],",
            "and with upstreams grad_scores, grad_values (with --upstream) and grad_temperature: those of the sum of all results times their",
            "upstreams. A permutahedron has no matrix, and so no applied. Numbers that are not finite are the strings \"NaN\", \"Infinity\" and",
            "\"-Infinity\".",
            "",
            "Files are .json (nested lists), .csv (one row a line, the first may be a heading) or .npy; - is the standard input, as any of these.",
            "A .csv of one column or one row is a vector to --scores, and a table [n, d] to --values and --upstream. Leading axes of values",
            "broadcast with those of the scores. With --out nothing is printed but one line on the error output that names the file.");
        this.WithExamples(
            "softperm apply neural-sort --scores scores.json --temperature 1",
            "echo '[3, 1, 2]' | softperm apply permutahedron --scores - --temperature 1 --top-k 2",
            "softperm apply neural-sort --scores scores.csv --temperature 0.1 --values images.npy --no-matrix --out sorted.npz",
            "softperm apply neural-sort --scores scores.npy --temperature 2 --values x.npy --upstream dy.npy --float32",
            "softperm apply permutahedron --scores scores.npy --temperature 0.5 --mask mask.npy --upstream-ranks dr.npy");
    }

    private int Run(ParseResult parsed)
    {
        var arguments = new ApplyArguments
        {
            Operator = parsed.GetRequiredValue(operatorName),
            Scores = parsed.GetRequiredValue(scores),
            Temperature = parsed.GetRequiredValue(temperature),
            Mask = parsed.GetValue(mask),
            Values = parsed.GetValue(values),
            TopK = parsed.GetValue(topK),
            Quantile = parsed.GetValue(quantile),
            Upstreams = upstreams.Where(u => parsed.GetValue(u.Value) is not null).ToDictionary(u => u.Key, u => parsed.GetValue(u.Value)!),
            Descending = !parsed.GetValue(ascending),
            Float32 = parsed.GetValue(float32),
            Matrix = !parsed.GetValue(noMatrix),
            Out = parsed.GetValue(output),
        };
        using var scope = TorchSharp.torch.NewDisposeScope();
        var target = new ApplyOutput(arguments.Out, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var (results, note) = ApplyComputation.Run(arguments, ApplyInputs.Read(arguments, new ArrayFile(standardInput)));
        target.Write(results);
        if (note is not null) parsed.InvocationConfiguration.Error.WriteLine($"{CommandLine.ToolName}: {note}");
        return 0;
    }

    private static Option<string> File(string name, string description, bool required = false) =>
        new(name) { Description = description, HelpName = "FILE", Required = required };

    private static double Positive(ArgumentResult result)
    {
        var word = result.Tokens[0].Value;
        if (TryNumber(word, out var value) && value > 0) return value;
        result.AddError($"--temperature is '{word}'; it must be a positive finite number.");
        return double.NaN;
    }

    private static double? Proportion(ArgumentResult result)
    {
        var word = result.Tokens[0].Value;
        if (TryNumber(word, out var value) && value is >= 0 and <= 1) return value;
        result.AddError($"--quantile is '{word}'; it must be a number from 0 to 1.");
        return null;
    }

    private static bool TryNumber(string word, out double value) =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static void OneOfTheOperators(ArgumentResult result)
    {
        if (result.Tokens is [var token] && !Names.Contains(token.Value))
            result.AddError($"'{token.Value}' is no operator; allowed are {string.Join(", ", Names)}{(Suggestion.Among(token.Value, Names) is { } meant ? $"; did you mean '{meant}'?" : ".")}");
    }
}
