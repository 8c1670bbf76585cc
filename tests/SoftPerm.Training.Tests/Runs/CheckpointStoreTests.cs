using SoftPerm.TestKit;
using SoftPerm.Training.Runs;
using SoftPerm.Training.Tests.Common;
using Xunit;

namespace SoftPerm.Training.Tests.Runs;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly CheckpointStore store;

    public CheckpointStoreTests() => store = new CheckpointStore(folder.At("checkpoint"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Before_the_first_save_there_is_neither_latest_nor_best()
    {
        Assert.Null(store.Latest);
        Assert.Null(store.Best);
    }

    [Fact]
    public void A_save_is_the_latest_and_is_the_best_when_it_says_so()
    {
        store.Save(1000, best: true, Write("first"));
        store.Save(2000, best: false, Write("second"));
        Assert.Equal(folder.At("checkpoint", "step-00002000"), store.Latest);
        Assert.Equal(folder.At("checkpoint", "step-00001000"), store.Best);
        Assert.Equal("second", Content(store.Latest));
        Assert.Equal("first", Content(store.Best));
    }

    [Fact]
    public void Only_what_a_pointer_names_stays()
    {
        for (var step = 1; step <= 5; step++) store.Save(step, best: step == 2, Write("x"));
        Assert.Equal(["best", "latest", "step-00000002", "step-00000005"], Names());
        Assert.Equal("step-00000005\n", File.ReadAllText(folder.At("checkpoint", "latest")));
    }

    [Fact]
    public void The_same_step_can_be_saved_again()
    {
        for (var again = 0; again < 4; again++) store.Save(7, best: again == 1, Write($"version {again}"));
        Assert.Equal("version 3", Content(store.Latest));
        Assert.Equal("version 1", Content(store.Best));
        Assert.Equal(4, Names().Length);
    }

    [Fact]
    public void A_folder_may_hold_folders()
    {
        store.Save(1, best: false, into => Write("inner")(Directory.CreateDirectory(Path.Join(into, "inner")).FullName));
        Assert.Equal("inner", Content(Path.Join(store.Latest, "inner")));
    }

    [Fact]
    public void A_failing_writer_keeps_the_earlier_checkpoint_and_leaves_nothing()
    {
        store.Save(1, best: true, Write("good"));
        var e = Assert.Throws<UserErrorException>(() => store.Save(2, best: true, into =>
        {
            Write("half")(into);
            throw new IOException("planted reason");
        }));
        Assert.Equal($"Cannot save the checkpoint of step 2 in '{folder.At("checkpoint")}': planted reason (the latest checkpoint is still step-00000001).", e.Message);
        Assert.Equal("good", Content(store.Latest));
        Assert.Equal("good", Content(store.Best));
        Assert.Equal(["best", "latest", "step-00000001"], Names());
    }

    [Fact]
    public void A_failing_first_save_says_that_there_is_no_earlier_one()
    {
        var e = Assert.Throws<UserErrorException>(() => store.Save(1, best: true, _ => throw new UnauthorizedAccessException("planted")));
        Assert.EndsWith("(there is no earlier checkpoint).", e.Message);
        Assert.Empty(Names());
    }

    [Fact]
    public void An_error_that_is_no_refusal_of_the_file_system_passes_unchanged_and_leaves_nothing()
    {
        store.Save(1, best: true, Write("good"));
        Assert.Throws<InvalidOperationException>(() => store.Save(2, best: true, _ => throw new InvalidOperationException()));
        Assert.Equal(["best", "latest", "step-00000001"], Names());
    }

    [Fact]
    public void What_a_killed_save_left_is_ignored_and_then_removed()
    {
        store.Save(1, best: true, Write("good"));
        Write("half")(Directory.CreateDirectory(folder.At("checkpoint", ".step-00000002.partial")).FullName);
        Write("whole, but named by no pointer")(Directory.CreateDirectory(folder.At("checkpoint", "step-00000002")).FullName);
        File.WriteAllText(folder.At("checkpoint", ".latest.x1y2.partial"), "step-0000");
        Assert.Equal("good", Content(store.Latest));
        store.Save(2, best: false, Write("next"));
        Assert.Equal("next", Content(store.Latest));
        Assert.Equal(["best", "latest", "step-00000001", "step-00000002"], Names());
    }

    [Fact]
    public void A_crash_between_the_two_pointers_resumes_from_the_older_and_keeps_both()
    {
        store.Save(1, best: true, Write("one"));
        Write("two")(Directory.CreateDirectory(folder.At("checkpoint", "step-00000002")).FullName);
        File.WriteAllText(folder.At("checkpoint", "best"), "step-00000002\n");
        Assert.Equal("one", Content(store.Latest));
        Assert.Equal("two", Content(store.Best));
        store.Save(2, best: true, Write("two again"));
        Assert.Equal("two again", Content(store.Latest));
        Assert.Equal("two again", Content(store.Best));
        Assert.Equal(3, Names().Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("step-00000009")]
    [InlineData("../checkpoint/step-00000001")]
    public void A_pointer_that_names_no_checkpoint_is_refused_and_nothing_is_removed(string named)
    {
        store.Save(1, best: true, Write("good"));
        File.WriteAllText(folder.At("checkpoint", "latest"), named);
        var e = Assert.Throws<UserErrorException>(() => store.Latest);
        Assert.Contains($"'{named}'", e.Message);
        Assert.Contains("step-00000001", e.Message);
        Assert.Throws<UserErrorException>(() => store.Save(2, best: false, Write("next")));
        Assert.Equal(["best", "latest", "step-00000001"], Names());
    }

    [Fact]
    public void Files_of_others_stay()
    {
        store.Save(1, best: false, Write("one"));
        File.WriteAllText(folder.At("checkpoint", "notes.txt"), "mine");
        Directory.CreateDirectory(folder.At("checkpoint", "my copies"));
        store.Save(2, best: false, Write("two"));
        Assert.Equal(["latest", "my copies", "notes.txt", "step-00000002"], Names());
    }

    [Fact]
    public void A_full_disk_is_named_and_keeps_the_earlier_checkpoint()
    {
        using var disk = new SmallDisk();
        var small = new CheckpointStore(Path.Join(disk.Path, "checkpoint"));
        small.Save(1, best: true, Write(new string('a', 300_000)));
        var e = Assert.Throws<UserErrorException>(() => small.Save(2, best: true, Write(new string('b', 900_000))));
        Assert.Contains("No space left on device", e.Message);
        Assert.DoesNotContain("partial", e.Message);
        Assert.EndsWith("still step-00000001).", e.Message);
        Assert.Equal(300_000, Content(small.Latest).Length);
        small.Save(3, best: false, Write(new string('c', 300_000))); // the space of the failed save is free again
        Assert.Equal('c', Content(small.Latest)[0]);
        Assert.Equal('a', Content(small.Best)[0]);
    }

    [Fact]
    public void A_read_only_disk_is_named_and_keeps_the_earlier_checkpoint()
    {
        using var disk = new SmallDisk();
        var small = new CheckpointStore(Path.Join(disk.Path, "checkpoint"));
        small.Save(1, best: true, Write("good"));
        disk.MakeReadOnly();
        var e = Assert.Throws<UserErrorException>(() => small.Save(2, best: true, Write("next")));
        Assert.Contains("Read-only file system", e.Message);
        Assert.DoesNotContain("partial", e.Message);
        Assert.Equal("good", Content(small.Latest));
    }

    [Fact]
    public void A_negative_step_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => store.Save(-1, best: false, Write("x")));

    private static Action<string> Write(string content) => into =>
    {
        using var writer = new StreamWriter(Path.Join(into, "content"));
        writer.Write(content);
    };

    private static string Content(string? checkpoint) => File.ReadAllText(Path.Join(checkpoint, "content"));

    private string[] Names() => [.. Directory.EnumerateFileSystemEntries(folder.At("checkpoint")).Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal)];
}
