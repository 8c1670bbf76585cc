using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using SoftPerm.Experiments;
using SoftPerm.Kernels.Numerics;
using Xunit;

namespace SoftPerm.Cli.Tests;

/// <summary>The direction of the house: Kernels ← SoftPerm ← Experiments ← Cli, and the layers inside SoftPerm.</summary>
public sealed partial class LayeringTests
{
    private static readonly Assembly Kernels = typeof(SimdWidth).Assembly;
    private static readonly Assembly Library = typeof(LibTorch).Assembly;
    private static readonly Assembly Experiments = typeof(UserErrorException).Assembly;
    private static readonly Assembly Tool = typeof(CommandLine).Assembly;

    // Folders of src/SoftPerm, lowest first; a folder may use those of lower ranks and itself.
    private static readonly Dictionary<string, int> Ranks = new()
    {
        ["Interop"] = 0,
        ["Autograd"] = 1,
        ["Relaxations"] = 2,
        ["Distributions"] = 3,
        ["Estimators"] = 4,
        ["Losses"] = 5,
        ["Layers"] = 5,
    };

    [Fact]
    public void Kernels_know_neither_tensors_nor_any_other_part() =>
        Assert.DoesNotContain(References(Kernels), name => IsOurs(name) || name == "TorchSharp");

    [Fact]
    public void Library_knows_the_kernels_alone() => Assert.Empty(References(Library).Where(IsOurs).Except([Name(Kernels)]));

    [Fact]
    public void Experiments_do_not_know_the_tool() => Assert.DoesNotContain(Name(Tool), References(Experiments));

    [Fact]
    public void References_are_really_seen() => Assert.Contains("TorchSharp", References(Library));

    [Fact]
    public void Inside_the_library_no_layer_names_a_type_of_a_higher_one()
    {
        var sources = Sources().ToArray();
        Assert.NotEmpty(sources);
        var layersOf = sources.SelectMany(s => Declaration().Matches(s.Code).Select(m => (Type: m.Groups[1].Value, s.Folder)))
            .ToLookup(d => d.Type, d => d.Folder);
        var violations =
            from source in sources
            from type in layersOf
            where !type.Any(layer => MayUse(source.Folder, layer))
            where Regex.IsMatch(source.Code, $@"(?<!\bKernels\.)\b{type.Key}\b") // a kernel's namespace may share a name
            select $"{source.File} names {type.Key} of {string.Join(", ", type)}";
        Assert.Empty(violations);
    }

    [Fact]
    public void The_scan_sees_declarations_but_not_comments_and_texts()
    {
        const string Code = """
            public sealed class Gate;
            readonly record struct Score(int X);
            interface IRule { } // class Ghost
            /* enum Spook */ delegate void Rung();
            string text = "struct Shadow // \" class Shade";
            record Last;
            """;
        Assert.Equal(["Gate", "Score", "IRule", "Rung", "Last"], Declaration().Matches(Bare(Code)).Select(m => m.Groups[1].Value));
    }

    private static IEnumerable<string> References(Assembly assembly) => assembly.GetReferencedAssemblies().Select(a => a.Name!);

    private static bool MayUse(string user, string used) => user == used || Ranks[used] < Ranks[user];

    private static string Name(Assembly assembly) => assembly.GetName().Name!;

    private static bool IsOurs(string name) => name == "SoftPerm" || name.StartsWith("SoftPerm.", StringComparison.Ordinal);

    private static IEnumerable<(string File, string Folder, string Code)> Sources([CallerFilePath] string here = "")
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../src/SoftPerm"));
        return
            from folder in Ranks.Keys
            let directory = Path.Combine(root, folder)
            where Directory.Exists(directory)
            from file in Directory.EnumerateFiles(directory, "*.cs", SearchOption.AllDirectories)
            select (Path.GetRelativePath(root, file), folder, Bare(File.ReadAllText(file)));
    }

    private static string Bare(string code) => CommentOrText().Replace(code, " ");

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/|""(?:\\.|[^""\\\n])*""", RegexOptions.Singleline)]
    private static partial Regex CommentOrText();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record(?!\s+(?:class|struct)\b)|delegate\s+[\w<>\[\]?.,]+)\s+(\w+)")]
    private static partial Regex Declaration();
}
