using Xunit;

namespace SoftPerm.Docs.Tests;

public sealed class LinkTests
{
    public static TheoryData<string> Pages => [.. Page.Names];

    [Theory, MemberData(nameof(Pages))]
    public void Every_link_leads_somewhere(string name)
    {
        var page = new Page(name);
        Assert.All(page.Links, link => Assert.True(Leads(page, link), $"{name}: {link}"));
    }

    [Fact]
    public void The_index_names_every_page_of_docs()
    {
        var index = new Page("docs/README.md");
        var linked = index.Links.Select(link => Path.GetFullPath(link.Split('#')[0], Path.GetDirectoryName(index.Path)!)).ToHashSet();
        Assert.All(Page.Names.Where(IsPageOfDocs), name => Assert.True(linked.Contains(Path.Combine(Page.Root, name)), name));
    }

    /// <summary>Records and cells of tables are named by the pages whose numbers they hold.</summary>
    private static bool IsPageOfDocs(string name) => name.Split('/') is ["docs", .. var rest] && rest is not (["README.md"] or [_, _, .., _]);

    private static bool Leads(Page from, string link)
    {
        if (link.StartsWith("https://", StringComparison.Ordinal)) return Uri.IsWellFormedUriString(link, UriKind.Absolute);
        var (file, anchor) = link.Split('#') is [var before, var after] ? (before, after) : (link, null);
        var target = file.Length == 0 ? from.Path : Path.GetFullPath(file, Path.GetDirectoryName(from.Path)!);
        if (!target.StartsWith(Page.Root, StringComparison.Ordinal) || !Path.Exists(target)) return false;
        return anchor is null || (target.EndsWith(".md", StringComparison.Ordinal) && new Page(Path.GetRelativePath(Page.Root, target)).Anchors.Contains(anchor));
    }
}
