using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace SoftPerm.Cli;

/// <summary><c>softperm apply NAME</c>: an operator on files, so that any language can use it and check it.</summary>
internal sealed class ApplyCommand : Command
{
    private static readonly string[] Names = [.. RelaxationCatalog.All.Select(known => known.Name)];

    private readonly Argument<string> operatorName = new("operator") { HelpName = "operator", Description = $"What to apply: {string.Join(", ", Names)}." };
    private readonly Option<string> scores = new("--scores") { Description = "What to sort by, [..., n].", HelpName = "FILE", Required = true };
    private readonly Option<double> temperature = new("--temperature") { Description = "How soft the sort is: a positive number in units of the scores (permutahedron: for sorted, in their inverse).", HelpName = "T", Required = true, CustomParser = Positive };
    private readonly Option<string> values = new("--values") { Description = "What to sort, [..., n, d]; [n] counts as [n, 1].", HelpName = "FILE" };
    private readonly Option<string> upstream = new("--upstream") { Description = "The gradient of a loss in 'applied', of its shape: adds grad_scores, grad_values and grad_temperature.", HelpName = "FILE" };
    private readonly Option<string> upstreamMatrix = new("--upstream-matrix") { Description = "The gradient of a loss in 'matrix', of its shape: adds grad_scores and grad_temperature.", HelpName = "FILE" };
    private readonly Option<bool> ascending = new("--ascending") { Description = "Put the smallest score first instead of the largest." };
    private readonly Option<bool> float32 = new("--float32") { Description = "Compute in float32 instead of float64." };
    private readonly Option<bool> noMatrix = new("--no-matrix") { Description = "Leave out 'matrix', and never build it." };
    private readonly Option<string> output = new("--out") { Description = "Write to FILE, ending in .json or .npz, instead of the standard output.", HelpName = "FILE" };

    /// <summary>Builds the command.</summary>
    public ApplyCommand() : base("apply", "Apply a differentiable sort to arrays in files, with gradients if asked for.")
    {
        operatorName.Validators.Add(OneOfTheOperators);
        operatorName.CompletionSources.Add([.. Names]);
        Add(operatorName);
        foreach (var option in (Option[])[scores, temperature, values, upstream, upstreamMatrix, ascending, float32, noMatrix, output]) Add(option);
        SetAction(Run);
        this.WithNotes(
            "Prints one JSON object: order (the item at each place, from 0), ranks (the soft place of each item), sorted (the",
            "softly sorted scores), matrix [..., n, n], applied = matrix times values [..., n, d], and for the upstreams given",
            "grad_scores, grad_values (with --upstream) and grad_temperature. With both upstreams the gradients are those of",
            "sum(applied * upstream) + sum(matrix * upstream_matrix). The permutahedron has no matrix, and none of what needs one.",
            "Numbers that are not finite are the strings \"NaN\", \"Infinity\" and \"-Infinity\".",
            "",
            "Files are .json (nested lists), .csv (one row a line, no heading) or .npy. A .csv of one column or one row is a",
            "vector to --scores, and a table [n, d] to the others. Leading axes of values broadcast with those of the scores.",
            "With --out nothing is printed but one line on the error output that names the file.");
        this.WithExamples(
            "softperm apply neural-sort --scores scores.json --temperature 1",
            "softperm apply neural-sort --scores scores.csv --temperature 0.1 --values images.npy --no-matrix --out sorted.npz",
            "softperm apply neural-sort --scores scores.npy --temperature 2 --values x.npy --upstream dy.npy --float32");
    }

    private int Run(ParseResult parsed)
    {
        var arguments = new ApplyArguments
        {
            Operator = parsed.GetRequiredValue(operatorName),
            Scores = parsed.GetRequiredValue(scores),
            Temperature = parsed.GetRequiredValue(temperature),
            Values = parsed.GetValue(values),
            Upstream = parsed.GetValue(upstream),
            UpstreamMatrix = parsed.GetValue(upstreamMatrix),
            Descending = !parsed.GetValue(ascending),
            Float32 = parsed.GetValue(float32),
            Matrix = !parsed.GetValue(noMatrix),
            Out = parsed.GetValue(output),
        };
        using var scope = TorchSharp.torch.NewDisposeScope();
        var target = new ApplyOutput(arguments.Out, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        target.Write(ApplyComputation.Run(arguments, ApplyInputs.Read(arguments)));
        return 0;
    }

    private static double Positive(ArgumentResult result)
    {
        var word = result.Tokens[0].Value;
        if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value > 0 && double.IsFinite(value)) return value;
        result.AddError($"--temperature is '{word}'; it must be a positive finite number.");
        return double.NaN;
    }

    private static void OneOfTheOperators(ArgumentResult result)
    {
        if (result.Tokens is [var token] && !Names.Contains(token.Value))
            result.AddError($"'{token.Value}' is no operator; allowed are {string.Join(", ", Names)}.");
    }
}
