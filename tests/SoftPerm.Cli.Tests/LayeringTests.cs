using System.Reflection;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Cli.Tests;

/// <summary>The direction above the library, SoftPerm ← Experiments ← Cli; below and inside, ArchitectureTests has it.</summary>
public sealed class LayeringTests
{
    private static readonly Assembly Experiments = typeof(UserErrorException).Assembly;
    private static readonly Assembly Tool = typeof(CommandLine).Assembly;

    [Fact]
    public void Experiments_do_not_know_the_tool() => Assert.DoesNotContain(Tool.GetName().Name, References(Experiments));

    [Fact]
    public void References_are_really_seen() => Assert.Contains("SoftPerm", References(Experiments));

    private static IEnumerable<string?> References(Assembly assembly) => assembly.GetReferencedAssemblies().Select(a => a.Name);
}
