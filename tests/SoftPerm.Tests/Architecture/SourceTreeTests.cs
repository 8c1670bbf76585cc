using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Tests.Architecture;

/// <summary>What stands in the folder Planted uses what it may not in every way there is.</summary>
public sealed class SourceTreeTests
{
    private static readonly SourceTree Planted =
        new(RepositoryFolder.At("tests/SoftPerm.Tests/Architecture/Planted"), typeof(SourceTreeTests).Assembly.Location);

    [Fact]
    public void Uses_are_seen_wherever_code_has_them_and_words_are_none()
    {
        var direction = new Direction(new Dictionary<string, string[]> { ["Low"] = [], ["High"] = [] });
        Assert.Equal(
        [
            "Low/ByArgument uses High/HighBase", "Low/ByArgument uses High/HighGeneric", "Low/ByArgument uses High/IHigh",
            "Low/ByAttribute uses High/HighAttribute",
            "Low/ByBase uses High/HighBase",
            "Low/ByCatch uses High/HighFailure",
            "Low/ByField uses High/HighGeneric",
            "Low/ByInterface uses High/IHigh",
            "Low/ByIterator uses High/HighCalled",
            "Low/ByLambda uses High/HighCalled",
        ], direction.Violations(Planted.Uses).Select(use => use.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Types_are_found_where_they_are_declared_and_all_others_are_named()
    {
        Assert.Equal(["High", "Low"], Planted.Types.Select(type => type.Folder).Distinct().Order());
        Assert.Contains(new Declared("High", "SoftPerm.Tests.Architecture.Planted", "HighGeneric", IsPublic: false), Planted.Types);
        Assert.Contains(typeof(SourceTreeTests).FullName!, Planted.Unfound);
    }

    [Fact]
    public void Declarations_are_told_from_comments_and_texts()
    {
        const string Code = """
            namespace House;
            public sealed class Gate;
            readonly record struct Score<T>(int X);
            interface IRule { } // class Ghost
            /* enum Spook */ delegate void Rung();
            string text = "struct Shadow // \" class Shade";
            record Last;
            """;
        Assert.Equal(["House.Gate", "House.Score", "House.IRule", "House.Rung", "House.Last"], SourceTree.Declarations(Code));
    }
}
