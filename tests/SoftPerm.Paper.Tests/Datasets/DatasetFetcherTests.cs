using SoftPerm.Paper.Datasets;
using SoftPerm.TestKit;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Paper.Tests.Datasets;

public sealed class DatasetFetcherTests : IDisposable
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * i / 7))];
    private readonly TemporaryFolder folder = new();
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly List<TimeSpan> pauses = [];
    private readonly List<FetchProgress> progress = [];
    private TimeSpan patience = TimeSpan.FromSeconds(60);

    private string Target => folder.At("toy", "file.gz");

    private string Part => Target + ".part";

    [Fact]
    public async Task A_file_arrives_whole_with_progress_and_is_kept_the_next_time()
    {
        using var server = new LocalServer(r => LocalServer.Whole(Content, r.From));
        await FetchAsync(server, "a");
        AssertFetched();
        Assert.All(progress.SkipLast(1), p => Assert.Equal((Target, Content.Length, FetchState.Arriving), (p.Path, p.Total, p.State)));
        Assert.Equal(progress.Select(p => p.Bytes).Order(), progress.Select(p => p.Bytes));
        Assert.Equal(new FetchProgress(Target, Content.Length, Content.Length, FetchState.Fetched), progress[^1]);
        await FetchAsync(server, "a");
        Assert.Equal(FetchState.Kept, progress[^1].State);
        Assert.Equal("/a/file.gz", Assert.Single(server.Requests).Path);
    }

    [Fact]
    public async Task After_a_servers_failure_the_request_is_repeated_with_growing_pauses()
    {
        using var server = new LocalServer(r => r.Number < 4 ? new LocalServer.Reply(r.Number == 2 ? 429 : 500, []) : LocalServer.Whole(Content, r.From));
        await FetchAsync(server, "a");
        AssertFetched();
        Assert.Equal([1, 2, 4], pauses.Select(p => p.TotalSeconds));
    }

    [Fact]
    public async Task After_a_404_the_next_mirror_is_asked_at_once()
    {
        using var server = new LocalServer(r => r.Path.StartsWith("/a/", StringComparison.Ordinal) ? new LocalServer.Reply(404, []) : LocalServer.Whole(Content, r.From));
        await FetchAsync(server, "a", "b");
        AssertFetched();
        Assert.Empty(pauses);
        Assert.Equal(["/a/file.gz", "/b/file.gz"], server.Requests.Select(r => r.Path));
    }

    [Fact]
    public async Task After_a_cut_the_transfer_goes_on_where_it_stopped()
    {
        using var server = new LocalServer(r => LocalServer.Whole(Content, r.From, sent: r.Number < 3 ? 100_000 : null));
        await FetchAsync(server, "a");
        AssertFetched();
        Assert.Equal([null, 100_000, 200_000], server.Requests.Select(r => r.From));
    }

    [Fact]
    public async Task A_server_that_knows_no_ranges_starts_again()
    {
        using var server = new LocalServer(r => new LocalServer.Reply(200, Content, Sent: r.Number < 2 ? 100_000 : null));
        await FetchAsync(server, "a");
        AssertFetched();
        Assert.Equal([null, 100_000], server.Requests.Select(r => r.From));
    }

    [Fact]
    public async Task A_part_that_is_whole_already_only_takes_its_name()
    {
        Plant(Content);
        using var server = new LocalServer(r => LocalServer.Whole(Content, r.From));
        await FetchAsync(server, "a");
        AssertFetched();
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(400_000)]
    public async Task A_part_of_something_else_is_fetched_again(int length)
    {
        Plant(new byte[length]);
        using var server = new LocalServer(r => LocalServer.Whole(Content, r.From));
        await FetchAsync(server, "a");
        AssertFetched();
        Assert.Equal([length, null], server.Requests.Select(r => r.From));
    }

    [Fact]
    public async Task Another_range_than_asked_for_is_not_taken()
    {
        Plant(Content[..1000]);
        using var server = new LocalServer(r => r.From is null ? LocalServer.Whole(Content, null) : new LocalServer.Reply(206, Content[900..], $"bytes 900-{Content.Length - 1}/{Content.Length}"));
        await FetchAsync(server, "a");
        AssertFetched();
        Assert.Equal([1000, null], server.Requests.Select(r => r.From));
    }

    [Fact]
    public async Task A_wrong_checksum_leaves_nothing_and_names_every_mirror_and_both_sums()
    {
        var wrong = Content[..^1];
        using var server = new LocalServer(r => LocalServer.Whole(wrong, r.From));
        var e = await Assert.ThrowsAsync<UserErrorException>(() => FetchAsync(server, "a", "b"));
        Assert.Empty(Directory.GetFileSystemEntries(folder.At("toy")));
        var reason = $"its MD5 is {DataFile.Md5(wrong)}, not {DataFile.Md5(Content)}";
        Assert.Equal($"file.gz of toy cannot be fetched. Tried {server.Address("a")}file.gz: {reason}; {server.Address("b")}file.gz: {reason}.", e.Message);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task When_all_fails_every_mirror_and_reason_is_named_and_what_came_is_kept_for_the_next_time()
    {
        using (var server = new LocalServer(r => r.Path.StartsWith("/a/", StringComparison.Ordinal) ? new LocalServer.Reply(403, []) : LocalServer.Whole(Content, r.From, sent: 10_000)))
        {
            var e = await Assert.ThrowsAsync<UserErrorException>(() => FetchAsync(server, "a", "b"));
            Assert.Contains($"{server.Address("a")}file.gz: ", e.Message, StringComparison.Ordinal);
            Assert.Contains("403", e.Message, StringComparison.Ordinal);
            Assert.Contains($"{server.Address("b")}file.gz: ", e.Message, StringComparison.Ordinal);
            Assert.Contains("(4 attempts)", e.Message, StringComparison.Ordinal);
        }

        Assert.Equal([Part], Directory.GetFileSystemEntries(folder.At("toy")));
        Assert.Equal(40_000, new FileInfo(Part).Length);
        using var honest = new LocalServer(r => LocalServer.Whole(Content, r.From));
        await FetchAsync(honest, "a");
        AssertFetched();
        Assert.Equal(40_000, Assert.Single(honest.Requests).From);
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_left()
    {
        patience = TimeSpan.FromMilliseconds(200);
        using var server = new LocalServer(r => new LocalServer.Reply(200, Content, Sent: 1000, Silent: true));
        var e = await Assert.ThrowsAsync<UserErrorException>(() => FetchAsync(server, "a"));
        Assert.Contains("(4 attempts)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_out_of_reach_is_named()
    {
        Uri gone;
        using (var server = new LocalServer(r => LocalServer.Whole(Content, r.From))) gone = server.Address("a");
        var e = await Assert.ThrowsAsync<UserErrorException>(() => FetchAsync([gone], TestContext.Current.CancellationToken));
        Assert.Contains($"{gone}file.gz: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_altered_file_is_replaced()
    {
        Directory.CreateDirectory(folder.At("toy"));
        File.WriteAllBytes(Target, Content[1..]);
        using var server = new LocalServer(r => LocalServer.Whole(Content, r.From));
        await FetchAsync(server, "a");
        AssertFetched();
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        folder.Text("toy", "a file in the way");
        var e = await Assert.ThrowsAsync<UserErrorException>(() => FetchAsync([], TestContext.Current.CancellationToken));
        Assert.Contains($"Cannot make '{folder.At("toy")}': ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_named_and_not_its_part()
    {
        Directory.CreateDirectory(Part); // in the way
        using var server = new LocalServer(r => LocalServer.Whole(Content, r.From));
        var e = await Assert.ThrowsAsync<UserErrorException>(() => FetchAsync(server, "a"));
        Assert.StartsWith($"Cannot write '{Target}': ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Part, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_is_no_failure_of_the_server()
    {
        using var stop = new CancellationTokenSource();
        using var server = new LocalServer(r =>
        {
            stop.Cancel();
            return new LocalServer.Reply(500, []);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FetchAsync([server.Address("a")], stop.Token));
    }

    public void Dispose()
    {
        client.Dispose();
        folder.Dispose();
    }

    private Task FetchAsync(LocalServer server, params string[] mirrors) => FetchAsync([.. mirrors.Select(server.Address)], TestContext.Current.CancellationToken);

    private Task FetchAsync(Uri[] mirrors, CancellationToken stop)
    {
        var fetcher = new DatasetFetcher(client, new ImmediateProgress<FetchProgress>(progress.Add))
        {
            Patience = patience,
            Pause = (time, token) =>
            {
                pauses.Add(time);
                return Task.CompletedTask;
            },
        };
        return fetcher.FetchAsync(new PublishedDataset("toy", 1, [new PublishedFile("file.gz", DataFile.Md5(Content))], mirrors), folder.Path, stop);
    }

    private void Plant(byte[] part)
    {
        Directory.CreateDirectory(folder.At("toy"));
        File.WriteAllBytes(Part, part);
    }

    private void AssertFetched()
    {
        Assert.Equal([Target], Directory.GetFileSystemEntries(folder.At("toy")));
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }
}
