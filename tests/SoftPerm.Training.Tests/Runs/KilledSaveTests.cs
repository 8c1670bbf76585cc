using System.Diagnostics;
using SoftPerm.TestKit;
using SoftPerm.Training.Runs;
using Xunit;

namespace SoftPerm.Training.Tests.Runs;

/// <summary>Kills a process (SIGKILL) while it saves, and looks at what is left.</summary>
public sealed class KilledSaveTests
{
    private const string FolderVariable = "SOFTPERM_TEST_SAVES_INTO";
    private const string Saved = "saved step ";
    private const int Kills = 2;

    [Fact]
    public void A_process_killed_while_saving_leaves_whole_checkpoints_and_the_next_one_goes_on()
    {
        using var folder = new TemporaryFolder();
        var store = new CheckpointStore(folder.Path);
        long reached = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            KillWhileSaving(folder.Path, beyond: reached);
            var latest = StepIn(store.Latest);
            Assert.True(latest > reached, $"latest is step {latest}, it was {reached} before");
            Assert.InRange(StepIn(store.Best), 1, latest + 1); // best is pointed to just before latest
            reached = latest;
        }

        store.Save(reached + 1, best: true, WriteInto(reached + 1));
        Assert.Equal(3, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact(Explicit = true)]
    public void Saves_until_it_is_killed()
    {
        var store = new CheckpointStore(Environment.GetEnvironmentVariable(FolderVariable) ?? throw new InvalidOperationException($"{FolderVariable} is not set."));
        using var told = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true }; // past the test runner, which keeps what it prints
        for (var step = StepIn(store.Latest) + 1; ; step++)
        {
            store.Save(step, best: step % 3 == 1, WriteInto(step));
            told.WriteLine($"{Saved}{step}");
        }
    }

    private static void KillWhileSaving(string folder, long beyond)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(KilledSaveTests).Assembly.Location);
        foreach (var argument in new[] { "-explicit", "only", "-method", $"*.{nameof(Saves_until_it_is_killed)}" }) start.ArgumentList.Add(argument);
        start.Environment[FolderVariable] = folder;
        using var process = Process.Start(start)!;
        for (var line = process.StandardOutput.ReadLine(); line is not null; line = process.StandardOutput.ReadLine())
            if (line.StartsWith(Saved, StringComparison.Ordinal) && long.Parse(line[Saved.Length..], null) > beyond + 2) break;
        process.WaitForExit(Random.Shared.Next(30)); // any instant of a save
        process.Kill();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 137, output);
    }

    private static Action<string> WriteInto(long step) => into =>
    {
        foreach (var name in new[] { "a", "b" }) File.WriteAllLines(Path.Join(into, name), Enumerable.Repeat($"{step}", 10_000));
    };

    /// <summary>The step a checkpoint holds, after checking that it is whole; 0 where there is none.</summary>
    private static long StepIn(string? checkpoint)
    {
        if (checkpoint is null) return 0;
        var step = long.Parse(Path.GetFileName(checkpoint).Split('-')[1], null);
        foreach (var file in new[] { "a", "b" }) Assert.Equal(Enumerable.Repeat($"{step}", 10_000), File.ReadAllLines(Path.Join(checkpoint, file)));
        return step;
    }
}
