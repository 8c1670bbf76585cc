using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed class SettingTests : IDisposable
{
    private readonly Tool tool = new();

    public void Dispose() => tool.Dispose();

    [Theory]
    [InlineData("--shared-network", "true")]
    [InlineData("--shared-network true", "true")]
    [InlineData("--shared-network --digits 1", "true")]
    [InlineData("--shared-network=FALSE", "false")]
    [InlineData("--digits 1", "false")]
    public void A_truth_value_is_true_where_the_option_stands_alone(string options, string expected)
    {
        string[] tiny = ["--quick", "--items", "2", "--sequences", "1", "--steps", "1", "--log-every", "1", "--validate-every", "1", "--validation-sequences", "2", "--test-sequences", "2", "--threads", "1"];
        var trained = Tool.Run(["train", "quantile", .. tiny, "--out", tool["run"], .. options.Split(' ')]);
        Assert.Equal((0, ""), (trained.ExitCode, trained.Error));
        Assert.Contains($"\"sharedNetwork\": {expected}", File.ReadAllText(Path.Combine(tool["run"], "config.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train knn", "--augment")]
    [InlineData("train quantile", "--shared-network")]
    public void A_wrong_truth_value_is_refused_with_those_allowed_and_help_shows_them(string command, string option)
    {
        string[] words = command.Split(' ');
        Tool.Refuses(Tool.Run([.. words, "--quick", option, "perhaps", "--out", tool["run"]]), $"{option} is 'perhaps'; it must be true or false.");
        Tool.Refuses(Tool.Run([.. words, "--quick", option + "=yes", "--out", tool["run"]]), $"{option} is 'yes'; it must be true or false.");
        Assert.Contains($"{option} <true|false>", Tool.Run([.. words, "--help"]).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train sort", "--seed", "1.5", "a whole number from 0 to 18446744073709551615")]
    [InlineData("train sort", "--seed", "-1", "a whole number from 0 to 18446744073709551615")]
    [InlineData("train sort", "--seed", "99999999999999999999", "a whole number from 0 to 18446744073709551615")]
    [InlineData("train sort", "--steps", "1.5", "a whole number from 0 to 9223372036854775807")]
    [InlineData("train sort", "--steps", "1,5", "a whole number from 0 to 9223372036854775807")]
    [InlineData("train knn", "--patience", "99999999999999999999", "a whole number from 0 to 2147483647")]
    [InlineData("study gradients", "--timed-calls", "1e3", "a whole number from 0 to 2147483647")]
    [InlineData("eval run", "--sequences", "1.5", "a whole number from 0 to 2147483647")]
    [InlineData("predict run", "--items", "five", "a whole number from 0 to 2147483647")]
    [InlineData("predict run", "--index", "1.5", "a whole number from 0 to 2147483647")]
    [InlineData("apply neural-sort --scores a.json --temperature 1", "--top-k", "1.5", "a whole number from 0 to 9223372036854775807")]
    public void A_wrong_whole_number_is_refused_with_those_allowed(string command, string option, string value, string allowed) =>
        Tool.Refuses(Tool.Run([.. command.Split(' '), option, value]), $"{option} is '{value}'; it must be {allowed}.");

    [Theory]
    [InlineData("--items", "5,1.5", "--items has '1.5'; it must hold whole numbers from 0 to 2147483647 with commas between them.")]
    [InlineData("--temperatures", "1,warm", "--temperatures has 'warm'; it must hold numbers with commas between them.")]
    public void A_wrong_number_in_a_list_is_refused_with_those_allowed(string option, string value, string expected) =>
        Tool.Refuses(Tool.Run("study", "gradients", "--quick", option, value, "--out", tool["study"]), expected);

    [Theory]
    [InlineData("train sort --quick --log-every 100", "--validate-every is 250 by default; allowed: a multiple of --log-every (100). Give --validate-every too.")]
    [InlineData("train sort --quick --log-every 100 --validate-every 250", "--validate-every is 250; allowed: a multiple of --log-every (100).")]
    [InlineData("train knn --quick --candidates 5", "--k is 9 by default; allowed: 1 to --candidates (5). Give --k too.")]
    [InlineData("train sort --items 10000 --sequences 1000", "--sequences times --train-items is 10000000; allowed")]
    public void What_the_user_did_not_give_is_told_as_the_default(string line, string expected) =>
        Tool.Refuses(Tool.Run([.. line.Split(' '), "--out", tool["run"]]), expected);
}
