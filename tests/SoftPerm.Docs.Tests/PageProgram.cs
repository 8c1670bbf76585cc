using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SoftPerm.Docs.Tests;

/// <summary>The C# of a page: its blocks, one after the other, are one program. What follows → in a comment is what it prints.</summary>
internal sealed partial class PageProgram
{
    /// <summary>What the SDK gives every project (ImplicitUsings).</summary>
    private const string ImplicitUsings = """
        global using global::System; global using global::System.Collections.Generic; global using global::System.IO; global using global::System.Linq;
        global using global::System.Net.Http; global using global::System.Threading; global using global::System.Threading.Tasks;
        """;

    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>As the SDK's, which knows that a reference to an older version of a library is met by the newer (CS1701).</summary>
    private static readonly CSharpCompilationOptions Options = new(
        OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable,
        specificDiagnosticOptions: [KeyValuePair.Create("CS1701", ReportDiagnostic.Suppress)]);

    private readonly string source;

    public PageProgram(Page page)
    {
        StringBuilder usings = new(), statements = new(), types = new();
        foreach (var (line, text) in page.Code("csharp"))
        {
            Expected.AddRange(Printed().Matches(text).Select(match => match.Groups[1].Value.TrimEnd()));
            var block = CSharpSyntaxTree.ParseText(text).GetCompilationUnitRoot();
            foreach (var member in block.Usings.Cast<SyntaxNode>().Concat(block.Members))
            {
                var part = member is UsingDirectiveSyntax ? usings : member is GlobalStatementSyntax ? statements : types;
                var at = line + member.SyntaxTree.GetLineSpan(member.FullSpan).StartLinePosition.Line;
                part.Append($"\n#line {at} \"{Path.GetFileName(page.Path)}\"\n{member.ToFullString()}");
            }
        }

        source = $"{usings}{statements}{types}";
    }

    /// <summary>The lines that the page says it prints.</summary>
    public List<string> Expected { get; } = [];

    /// <summary>Compiles it, without warnings.</summary>
    /// <exception cref="InvalidDataException">It has mistakes; the message is the compiler's.</exception>
    public MethodInfo Compile()
    {
        var trees = new[] { source, ImplicitUsings }.Select(text => CSharpSyntaxTree.ParseText(text));
        using var assembly = new MemoryStream();
        var result = CSharpCompilation.Create($"Page{Guid.NewGuid():n}", trees, References, Options).Emit(assembly);
        var mistakes = result.Diagnostics.Where(found => found.Severity >= DiagnosticSeverity.Warning).ToArray();
        if (mistakes.Length > 0) throw new InvalidDataException(string.Join('\n', mistakes.AsEnumerable()));
        return Assembly.Load(assembly.ToArray()).EntryPoint!;
    }

    [GeneratedRegex("// → (.*)")]
    private static partial Regex Printed();
}
