using System.Globalization;
using System.Text.Json;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Cli.Tests;

/// <summary>What every relaxation gives: ranks, sorted scores, the choice of k and quantiles, with a mask and with gradients.</summary>
public sealed class ApplyResultsTests : IDisposable
{
    private static readonly string[] Results = ["ranks", "sorted", "top_k", "quantile"];
    private static readonly double[] Scores = [0.3, 2.1, -1, 0.9, 5];
    private readonly Tool tool = new();

    public static TheoryData<string> Relaxations => [.. RelaxationCatalog.All.Select(known => known.Name)];

    public void Dispose() => tool.Dispose();

    [Theory, MemberData(nameof(Relaxations))]
    public void Cold_every_relaxation_chooses_and_reads_quantiles_exactly(string name)
    {
        var cold = RelaxationCatalog.Of(name).SortsByInverseTemperature ? 1e-3 : 1e-5;
        var outcome = Run(name, Scores, cold, "--top-k", "2", "--quantile", "0.75");
        Assert.Equal([4, 1, 3, 0, 2], outcome.Numbers("order"));
        Compare.Close([0, 1, 0, 0, 1], outcome.Numbers("top_k"), 0, 1e-3);
        Compare.Close([2.1], outcome.Numbers("quantile"), 0, 1e-3);
    }

    /// <summary>Each gradient is the slope of its result, by central differences; and those of all upstreams at once are their sum.</summary>
    [Theory, MemberData(nameof(Relaxations))]
    public void Gradients_of_every_result_are_slopes(string name)
    {
        const double step = 1e-5; // central differences err by the order of step², and of rounding over it: 1e-10
        const double temperature = .7;
        var total = new double[Scores.Length];
        foreach (var result in Results)
        {
            var found = Run(name, Scores, temperature, Upstreams(result)).Numbers("grad_scores");
            var slopes = Enumerable.Range(0, Scores.Length).Select(i => (Loss(i, step) - Loss(i, -step)) / (2 * step)).ToArray();
            Compare.Close(slopes, found, 1e-6, 1e-8);
            for (var i = 0; i < total.Length; i++) total[i] += found[i];

            double Loss(int item, double change) => Weigh(Run(name, [.. Scores.Select((s, i) => i == item ? s + change : s)], temperature, "--top-k", "2", "--quantile", "0.6"), result);
        }

        Compare.Close(total, Run(name, Scores, temperature, Upstreams(Results)).Numbers("grad_scores"), 1e-12, 1e-12);
    }

    [Theory, MemberData(nameof(Relaxations))]
    public void The_gradient_of_the_temperature_is_the_slope(string name)
    {
        const double step = 1e-5;
        var found = Run(name, Scores, .7, Upstreams("ranks", "sorted")).Numbers("grad_temperature");
        double Loss(double temperature) => Run(name, Scores, temperature, "--no-matrix") is var outcome ? Weigh(outcome, "ranks") + Weigh(outcome, "sorted") : 0;
        Compare.Close([(Loss(.7 + step) - Loss(.7 - step)) / (2 * step)], found, 1e-6, 1e-8);
    }

    [Theory, MemberData(nameof(Relaxations))]
    public void Masked_scores_are_as_if_they_were_not_there(string name)
    {
        var mask = tool.Text("mask.json", "[1, true, false, 1, 0]");
        var masked = Run(name, Scores, .7, ["--mask", mask, .. Upstreams("ranks", "sorted")]);
        var alone = Run(name, [0.3, 2.1, 0.9], .7, "--top-k", "2", "--quantile", "0.6");
        Assert.Equal([1, 3, 0], masked.Numbers("order")[..3]);
        foreach (var result in new[] { "ranks", "top_k" })
        {
            var three = alone.Numbers(result);
            Compare.Close([three[0], three[1], 0, three[2], 0], masked.Numbers(result), 1e-12, 1e-12);
        }

        Compare.Close([.. alone.Numbers("sorted"), 0, 0], masked.Numbers("sorted"), 1e-12, 1e-12);
        Compare.Close(alone.Numbers("quantile"), masked.Numbers("quantile"), 1e-12, 1e-12);
        Assert.Equal((0, 0), (masked.Numbers("grad_scores")[2], masked.Numbers("grad_scores")[4]));
    }

    [Theory, MemberData(nameof(Relaxations))]
    public void Float32_is_near_with_a_mask_and_an_offset(string name)
    {
        var mask = tool.Text("mask.json", "[1, 1, 0, 1, 1]");
        string[] more = ["--mask", mask, "--top-k", "2", "--quantile", "0.6"];
        var precise = Run(name, [.. Scores.Select(s => s + 100)], .7, more);
        var single = Run(name, [.. Scores.Select(s => s + 100)], .7, ["--float32", .. more]);
        foreach (var result in Results) Compare.Close(precise.Numbers(result), single.Numbers(result), 1e-5, 1e-5);
    }

    [Theory]
    [InlineData("permutahedron", "--upstream", "--upstream is the gradient in 'applied', which needs --values.")]
    [InlineData("permutahedron", "--upstream-matrix", "--upstream-matrix is the gradient in 'matrix', which needs a matrix, and permutahedron has none; choose another operator, or --upstream-ranks or --upstream-sorted.")]
    [InlineData("neural-sort", "--upstream-top-k", "--upstream-top-k is the gradient in 'top_k', which needs --top-k.")]
    [InlineData("neural-sort", "--upstream-quantile", "--upstream-quantile is the gradient in 'quantile', which needs --quantile.")]
    [InlineData("neural-sort", "--upstream-ranks", "has shape [2]; it must be [5], that of 'ranks'")]
    [InlineData("neural-sort", "--mask", "has shape [2]; it must be that of the scores, [5], or broadcast to it")]
    public void What_does_not_fit_is_refused(string name, string option, string expected) => Tool.Refuses(Apply(name, Scores, .7, option, tool.Text("two.json", "[1, 1]")), expected);

    [Theory]
    [InlineData("--top-k", "0", "--top-k is 0; allowed: 1 to 5, the number of scores.")]
    [InlineData("--top-k", "6", "--top-k is 6; allowed: 1 to 5, the number of scores.")]
    [InlineData("--quantile", "1.5", "--quantile is '1.5'; it must be a number from 0 to 1.")]
    [InlineData("--quantile", "NaN", "--quantile is 'NaN'; it must be a number from 0 to 1.")]
    public void Numbers_out_of_range_are_refused(string option, string value, string expected) => Tool.Refuses(Apply("soft-sort", Scores, .7, option, value), expected);

    private string[] Upstreams(params string[] results) =>
    [
        "--top-k", "2", "--quantile", "0.6", "--no-matrix",
        .. results.SelectMany(result => (string[])[$"--upstream-{result.Replace('_', '-')}", tool.Text($"{result}.json", JsonSerializer.Serialize(Weights(result)))]),
    ];

    private static double[] Weights(string result) => result == "quantile" ? [1.5] : [.. Enumerable.Range(0, Scores.Length).Select(i => 1 + (i * i % 7) - (.5 * i))];

    private static double Weigh(Tool.Outcome outcome, string result) => outcome.Numbers(result).Zip(Weights(result), (value, weight) => value * weight).Sum();

    private Tool.Outcome Run(string name, double[] scores, double temperature, params string[] more)
    {
        var outcome = Apply(name, scores, temperature, more);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return outcome;
    }

    private Tool.Outcome Apply(string name, double[] scores, double temperature, params string[] more) => Tool.Run([
        "apply", name, "--scores", tool.Text("scores.json", JsonSerializer.Serialize(scores)), "--temperature", temperature.ToString("R", CultureInfo.InvariantCulture), .. more]);
}
