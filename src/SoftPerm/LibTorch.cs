using System.Runtime.InteropServices;
using SoftPerm.Native;

namespace SoftPerm;

/// <summary>Loads the native libtorch libraries, once, before anything touches <c>torch</c>.</summary>
/// <remarks>
/// <para>TorchSharp 0.107.0's native library asks for a newer C++ runtime than Debian 12 and Ubuntu 22.04 have, though it
/// uses nothing of it. Where the original does not load, a copy with that requirement made weak is loaded from the user's
/// cache folder instead (see <see cref="WeakSymbolVersion"/>). Elsewhere nothing is copied and nothing changes.</para>
/// <para>C# programs need not call this: the package adds a module initializer that does. Other languages, and programs that
/// opt out with <c>SoftPermLoadLibTorch=false</c>, call <see cref="Load"/> before their first use of <c>torch</c>.</para>
/// </remarks>
public static class LibTorch
{
    private const string Wrapper = "libLibTorchSharp.so";
    private const string UnavailableVersion = "GLIBCXX_3.4.32";
    private static readonly string[] Dependencies = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
    private static readonly Lock Gate = new();
    private static bool done;

    /// <summary>Loads libtorch if the operating system needs help with it. Safe to call often and from several threads.</summary>
    public static void Load()
    {
        lock (Gate)
        {
            if (done) return;
            done = true;
            if (OperatingSystem.IsLinux()) LoadOnLinux();
        }
    }

    private static void LoadOnLinux()
    {
        // Without a libtorch package there is nothing to mend; TorchSharp's own message says which package is missing.
        if (NativeSearchDirectories().FirstOrDefault(d => File.Exists(Path.Combine(d, Wrapper))) is not { } wrapperDirectory) return;
        foreach (var name in Dependencies)
        {
            var path = NativeSearchDirectories().Select(d => Path.Combine(d, name)).FirstOrDefault(File.Exists);
            if (path is null || !NativeLibrary.TryLoad(path, out _)) return;
        }

        var original = Path.Combine(wrapperDirectory, Wrapper);
        if (!NativeLibrary.TryLoad(original, out _)) NativeLibrary.Load(MendedCopy(original));
    }

    private static string[] NativeSearchDirectories() =>
        (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Append(AppContext.BaseDirectory)
        .ToArray();

    private static string MendedCopy(string original)
    {
        var info = new FileInfo(original);
        var key = $"{info.Length:x}-{info.LastWriteTimeUtc.Ticks:x}";
        foreach (var cache in CacheDirectories())
        {
            var copy = Path.Combine(cache, "softperm", "native", key, Wrapper);
            if (File.Exists(copy)) return copy;
            if (TryWriteMended(original, copy)) return copy;
        }

        throw new IOException($"{original} needs a patched copy on this system, and no cache folder is writable; set XDG_CACHE_HOME to a writable folder.");
    }

    private static IEnumerable<string> CacheDirectories()
    {
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg) yield return xdg;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (home.Length > 0) yield return Path.Combine(home, ".cache");
        yield return Path.GetTempPath();
    }

    private static bool TryWriteMended(string original, string copy)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            var bytes = File.ReadAllBytes(original);
            WeakSymbolVersion.Apply(bytes, UnavailableVersion);
            var partial = $"{copy}.{Environment.ProcessId}";
            File.WriteAllBytes(partial, bytes);
            File.Move(partial, copy, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // the caller tries the next folder and reports when none is left
        }
    }
}
