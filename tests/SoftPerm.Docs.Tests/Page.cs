using System.Runtime.CompilerServices;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace SoftPerm.Docs.Tests;

/// <summary>A page of the documentation: a Markdown file of the repository, by its path from the root.</summary>
internal sealed class Page
{
    private static readonly MarkdownPipeline Pipeline =
        new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();

    private static readonly string[] Folders = ["docs", "bench", "samples"];

    private readonly MarkdownDocument document;

    public Page(string name)
    {
        Path = System.IO.Path.Combine(Root, name);
        document = Markdown.Parse(File.ReadAllText(Path), Pipeline);
    }

    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(Here(), "../../.."));

    /// <summary>All pages.</summary>
    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Root, "*.md")
            .Concat(Folders.SelectMany(folder => Directory.EnumerateFiles(System.IO.Path.Combine(Root, folder), "*.md", SearchOption.AllDirectories)))
            .Select(path => System.IO.Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(name => !name.Split('/').Any(folder => folder is "bin" or "obj"))
            .Order(StringComparer.Ordinal);

    public string Path { get; }

    /// <summary>What links and pictures point to.</summary>
    public IEnumerable<string> Links => document.Descendants<LinkInline>().Select(link => link.Url ?? "");

    /// <summary>What a link to this page may name after #.</summary>
    public IReadOnlySet<string> Anchors => document.Descendants<HeadingBlock>().Select(heading => heading.GetAttributes().Id ?? "").ToHashSet();

    /// <summary>The blocks of code in a language. Of C#, also what an HTML comment <c>&lt;!--csharp … --&gt;</c> holds: code that a reader can
    /// do without.</summary>
    public IEnumerable<(int Line, string Text)> Code(string language)
    {
        foreach (var block in document.Descendants<LeafBlock>())
        {
            var text = block.Lines.ToString();
            if (block is FencedCodeBlock fenced && fenced.Info == language) yield return (block.Line + 2, text);
            if (block is HtmlBlock && text.StartsWith($"<!--{language}\n", StringComparison.Ordinal))
                yield return (block.Line + 2, text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..text.LastIndexOf("-->", StringComparison.Ordinal)]);
        }
    }

    /// <summary>The languages of its blocks of code.</summary>
    public IEnumerable<string> Languages => document.Descendants<FencedCodeBlock>().Select(block => block.Info ?? "");

    private static string Here([CallerFilePath] string path = "") => path;
}
