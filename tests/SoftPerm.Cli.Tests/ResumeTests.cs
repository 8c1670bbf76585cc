using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed class ResumeTests : IDisposable
{
    private static readonly string[] Tiny =
    [
        "--quick", "--digits", "1", "--items", "3", "--sequences", "2", "--steps", "2", "--log-every", "1", "--validate-every", "1",
        "--validation-sequences", "5", "--test-sequences", "5", "--threads", "1",
    ];

    private readonly Tool tool = new();

    public void Dispose() => tool.Dispose();

    [Theory, InlineData("sort"), InlineData("quantile")]
    public void A_finished_run_of_another_kind_is_refused_with_the_command_to_type(string task)
    {
        Assert.Equal(0, Tool.Run(["train", task, .. Tiny, "--out", tool["run"]]).ExitCode);
        RefusedByOthers(task);
    }

    [Theory]
    [InlineData("sort", "{}")] // of the first version, whose runs say no task
    [InlineData("sort", """{ "task": "sort", "items": 3 }""")]
    [InlineData("quantile", """{ "task": "quantile", "quantile": 1 }""")]
    [InlineData("knn", """{ "task": "knn", "weighting": "distance", "k": 3 }""")]
    public void A_begun_run_of_another_kind_is_refused_with_the_command_to_type(string task, string config)
    {
        Directory.CreateDirectory(tool["run"]);
        tool.Text("run/config.json", config);
        RefusedByOthers(task);
    }

    private void RefusedByOthers(string task)
    {
        var run = tool["run"];
        foreach (var other in new[] { "sort", "quantile", "knn" }.Where(other => other != task))
            Tool.Refuses(Tool.Run("train", other, "--resume", run), $"{run} is a run of {task}, not of {other}. Resume it with: {ToolInvocation.Line("train", task, "--resume", run)}");
    }
}
