using SoftPerm.Training.Runs;
using Xunit;

namespace SoftPerm.Training.Tests.Runs;

public sealed class RunEnvironmentTests
{
    [Fact]
    public void This_process_is_described()
    {
        var here = RunEnvironment.Capture();
        Assert.StartsWith("SoftPerm.Training.Tests", here.Command);
        Assert.Matches("^([0-9a-f]{40}|unknown)$", here.Commit);
        Assert.NotEmpty(here.Machine);
        Assert.Equal(Environment.ProcessorCount, here.Cores);
        Assert.Equal(TorchSharp.torch.get_num_threads(), here.TorchThreads);
        Assert.Contains(".NET 10", here.Runtime);
        Assert.NotEmpty(here.OperatingSystem);
        Assert.InRange(DateTimeOffset.UtcNow - here.Started, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("0.1.0+077800a5", "077800a5")]
    [InlineData("0.1.0", "unknown")]
    [InlineData("0.1.0+", "unknown")]
    [InlineData(null, "unknown")]
    public void The_commit_is_what_stands_behind_the_plus(string? version, string commit) =>
        Assert.Equal(commit, RunEnvironment.CommitOf(version));

    [Fact]
    public void The_command_can_be_typed_again() =>
        Assert.Equal("softperm train --data \"my data\" \"\" --seed 1", RunEnvironment.CommandOf(["/usr/lib/softperm.dll", "train", "--data", "my data", "", "--seed", "1"]));

    [Fact]
    public void The_command_has_names_of_folders_and_not_where_they_are()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The paths are those of other systems.");
        Assert.Equal("softperm eval …/run --data=…/sets --items 3,5 a/b", RunEnvironment.CommandOf(["softperm", "eval", "/home/me/run/", "--data=/data/sets", "--items", "3,5", "a/b"]));
    }

    [Fact]
    public void The_processor_is_the_first_named_model() =>
        Assert.Equal("AMD EPYC 7B13", RunEnvironment.ProcessorOf(["processor\t: 0", "model\t\t: 1", "model name\t: AMD EPYC 7B13", "model name\t: other"]));

    [Fact]
    public void A_processor_without_model_name_is_known_by_its_architecture() =>
        Assert.Equal($"{System.Runtime.InteropServices.RuntimeInformation.OSArchitecture}", RunEnvironment.ProcessorOf(["processor\t: 0", "", "no colon"]));
}
