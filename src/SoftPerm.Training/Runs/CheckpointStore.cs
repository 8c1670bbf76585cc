using SoftPerm.Training.IO;

namespace SoftPerm.Training.Runs;

/// <summary>The checkpoints of a run: the latest, to resume from, and the best so far. They survive a crash at any instant.</summary>
/// <remarks>
/// <para>A checkpoint is a folder such as <c>step-00002000</c>. The one-line files <c>latest</c> and <c>best</c> each name
/// one, and nothing else counts: a folder that neither names is unfinished or outlived, and the next save removes it.</para>
/// <para>A save writes a hidden folder, flushes it to the disk, renames it, replaces the pointers one by one, and only then
/// removes what neither names any more. <c>best</c> goes first: a crash between the two resumes from the older checkpoint and
/// comes by the better one again.</para>
/// <para>One process at a time may save.</para>
/// </remarks>
public sealed class CheckpointStore
{
    private const string LatestName = "latest";
    private const string BestName = "best";
    private readonly string folder;

    internal CheckpointStore(string folder) => this.folder = folder;

    /// <summary>The folder of the latest checkpoint, or null before the first.</summary>
    /// <exception cref="UserErrorException">The pointer names no checkpoint; only a hand can have done that.</exception>
    public string? Latest => Resolve(LatestName);

    /// <summary>The folder of the best checkpoint, or null before the first.</summary>
    /// <exception cref="UserErrorException">The pointer names no checkpoint; only a hand can have done that.</exception>
    public string? Best => Resolve(BestName);

    /// <summary>Saves a checkpoint, which becomes the latest, and may become the best.</summary>
    /// <param name="step">Optimiser steps done so far.</param>
    /// <param name="best">Whether this is the best checkpoint so far.</param>
    /// <param name="writeFilesInto">Writes the checkpoint's files into the folder it is given.</param>
    /// <exception cref="UserErrorException">The disk is full, or the folder may not be written to. Earlier checkpoints are kept.</exception>
    public void Save(long step, bool best, Action<string> writeFilesInto)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        try
        {
            Directory.CreateDirectory(folder);
            RemoveUnnamed();
            var name = WriteFolder(step, writeFilesInto);
            if (best) Point(BestName, name);
            Point(LatestName, name);
            RemoveUnnamed();
        }
        catch (Exception e)
        {
            TryRemoveUnnamed();
            if (!FileGuard.IsRefusal(e)) throw;
            throw new UserErrorException($"Cannot save the checkpoint of step {step} in '{folder}': {e.Message} {WhatIsKept()}", e);
        }
    }

    private string WriteFolder(long step, Action<string> writeFilesInto)
    {
        var name = FreeName(step);
        var partial = At($".{name}{AtomicFile.PartialSuffix}");
        try
        {
            Directory.CreateDirectory(partial);
            writeFilesInto(partial);
            DiskFlush.Tree(partial);
            Directory.Move(partial, At(name));
        }
        catch (Exception e) when (FileGuard.IsRefusal(e))
        {
            throw TemporaryName.Replaced(e, partial, At(name));
        }

        DiskFlush.Directory(folder);
        return name;
    }

    /// <summary>The folder of a step. A step saved again gets a new folder, for the old one stays until no pointer names it.</summary>
    private string FreeName(long step)
    {
        var name = $"step-{step:D8}";
        for (var again = 2; Directory.Exists(At(name)); again++) name = $"step-{step:D8}-{again}";
        return name;
    }

    private void Point(string pointer, string name) => AtomicFile.WriteAllText(At(pointer), $"{name}\n");

    private string? Resolve(string pointer)
    {
        for (var name = ReadPointer(pointer); name is not null;)
        {
            if (IsCheckpointName(name) && Directory.Exists(At(name))) return At(name);
            var again = ReadPointer(pointer); // another process may have saved and pruned in between
            if (again == name) throw WrongPointer(pointer, name);
            name = again;
        }

        return null;
    }

    private string? ReadPointer(string pointer) =>
        File.Exists(At(pointer)) ? FileGuard.Get("read", At(pointer), () => File.ReadAllText(At(pointer))).TrimEnd() : null;

    private UserErrorException WrongPointer(string pointer, string name)
    {
        var present = Directory.EnumerateDirectories(folder).Select(Path.GetFileName).Where(IsCheckpointName).Order(StringComparer.Ordinal);
        return new($"'{At(pointer)}' names '{name}', which is no checkpoint; present: {string.Join(", ", present.DefaultIfEmpty("none"))}.");
    }

    private static bool IsCheckpointName(string? name) => name is not null && name.StartsWith("step-", StringComparison.Ordinal) && name == Path.GetFileName(name);

    /// <summary>Removes outlived checkpoints, and what a killed save or pointer left. A wrong pointer stops it: nothing is lost by mistake.</summary>
    private void RemoveUnnamed()
    {
        string?[] named = [Latest, Best];
        foreach (var path in Directory.EnumerateDirectories(folder).Where(path => !named.Contains(path)))
        {
            var name = Path.GetFileName(path);
            if (IsCheckpointName(name) || IsPartial(name)) Directory.Delete(path, recursive: true);
        }

        foreach (var path in Directory.EnumerateFiles(folder).Where(path => IsPartial(Path.GetFileName(path)))) File.Delete(path);
    }

    private static bool IsPartial(string name) => name.StartsWith('.') && name.EndsWith(AtomicFile.PartialSuffix, StringComparison.Ordinal);

    private void TryRemoveUnnamed()
    {
        try
        {
            RemoveUnnamed();
        }
        catch (Exception e) when (FileGuard.IsRefusal(e) || e is UserErrorException)
        {
            // The first error is the one to report, and the next save removes what is left.
        }
    }

    private string WhatIsKept() =>
        Latest is { } latest ? $"(the latest checkpoint is still {Path.GetFileName(latest)})." : "(there is no earlier checkpoint).";

    private string At(string name) => Path.Join(folder, name);
}
