using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed class ToolInvocationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("Release", "", "dotnet run -c Release --project src/SoftPerm.Cli --")]
    [InlineData("Debug", "", "dotnet run -c Debug --project src/SoftPerm.Cli --")]
    [InlineData("Release", "src/SoftPerm.Cli", "dotnet run -c Release --project . --")]
    public void From_the_sources_it_is_run_by_dotnet_run(string configuration, string current, string expected)
    {
        var output = folder.At("src", "SoftPerm.Cli", "bin", configuration, "net10.0");
        Directory.CreateDirectory(output);
        folder.Text(Path.Join("src", "SoftPerm.Cli", "SoftPerm.Cli.csproj"), "");
        Assert.Equal(expected, ToolInvocation.Of(Path.Join(output, "SoftPerm.Cli"), Path.Join(output, "SoftPerm.Cli.dll"), folder.At(current)));
    }

    [Theory]
    [InlineData("/home/me/.dotnet/tools/softperm", "/home/me/.dotnet/tools/.store/x/tools/net10.0/any/SoftPerm.Cli.dll", "softperm")]
    [InlineData("/usr/bin/dotnet", "/home/me/.nuget/packages/softperm.cli/1.0.0/tools/net10.0/any/SoftPerm.Cli.dll", "dotnet softperm")]
    [InlineData("/usr/bin/dotnet", "/home/me/out/SoftPerm.Cli.dll", "dotnet out/SoftPerm.Cli.dll")]
    [InlineData("/usr/bin/dotnet", "/opt/SoftPerm.Cli.dll", "dotnet /opt/SoftPerm.Cli.dll")]
    [InlineData("/home/me/a folder/SoftPerm.Cli", "/home/me/a folder/SoftPerm.Cli.dll", "\"a folder/SoftPerm.Cli\"")]
    [InlineData("/home/me/SoftPerm.Cli", "/home/me/SoftPerm.Cli.dll", "./SoftPerm.Cli")]
    [InlineData("/home/me/t/.store/softperm.cli/1/softperm.cli/1/tools/net10.0/any/SoftPerm.Cli", "/home/me/t/.store/softperm.cli/1/softperm.cli/1/tools/net10.0/any/SoftPerm.Cli.dll", "t/softperm")]
    [InlineData("/usr/bin/testhost", "/opt/Other.Tests.dll", "softperm")]
    [InlineData(null, "/opt/SoftPerm.Cli.dll", "softperm")]
    public void Elsewhere_it_is_called_as_it_was(string? process, string program, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The paths are those of other systems.");
        Assert.Equal(expected, ToolInvocation.Of(process, program, "/home/me"));
    }

    [Fact]
    public void Lines_quote_what_has_spaces_and_documented_ones_are_called_alike()
    {
        Assert.Equal("softperm predict \"my runs/1\" \"\"", ToolInvocation.Line("predict", "my runs/1", ""));
        Assert.Equal("dotnet x.dll data list", ToolInvocation.Like("softperm data list", "dotnet x.dll"));
        Assert.Equal("echo 1 | dotnet x.dll apply", ToolInvocation.Like("echo 1 | softperm apply", "dotnet x.dll"));
        Assert.Equal("Any of softperm", ToolInvocation.Like("Any of softperm", "dotnet x.dll"));
    }
}
