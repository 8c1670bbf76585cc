using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace SoftPerm;

/// <summary>Loads the native libtorch libraries, once, before anything touches <c>torch</c>.</summary>
/// <remarks>
/// <para>TorchSharp 0.107.0's native library asks for a newer C++ runtime than Debian 12 and Ubuntu 22.04 have, though it
/// uses nothing of it. Where the original does not load, it is loaded from memory with that requirement made weak (see
/// <see cref="WeakSymbolVersion"/>). Elsewhere nothing changes, and whatever else is wrong is left to TorchSharp to report.</para>
/// <para>C# programs need not call this: the package adds a module initializer that does. Other languages, scripts (<c>dotnet fsi</c>) and
/// notebooks, and programs that opt out with <c>SoftPermLoadLibTorch=false</c>, call <see cref="Load"/> before their first use of <c>torch</c>.</para>
/// <para><b>Until.</b> TorchSharp's native library loads with the C++ runtimes of Debian 12 and Ubuntu 22.04, or these are no longer in use;
/// buildTransitive/ and its import in Directory.Build.targets go too.</para>
/// </remarks>
public static class LibTorch
{
    private const string Wrapper = "libLibTorchSharp.so";
    private const string UnusedVersion = "GLIBCXX_3.4.32";
    private static readonly string[] Dependencies = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
    private static readonly Lock Gate = new();
    private static bool loaded;

    /// <summary>Loads libtorch if the operating system needs help with it. Safe to call often and from several threads.</summary>
    /// <exception cref="DllNotFoundException">The mended library does not load either; the message is the system's.</exception>
    /// <exception cref="IOException">The library cannot be read, or not be held in memory.</exception>
    public static void Load()
    {
        lock (Gate)
        {
            if (loaded) return;
            if (OperatingSystem.IsLinux()) LoadOnLinux();
            loaded = true;
        }
    }

    [SupportedOSPlatform("linux")]
    private static void LoadOnLinux()
    {
        if (Find(Wrapper) is not { } wrapper || !Array.TrueForAll(Dependencies, TryLoad) || NativeLibrary.TryLoad(wrapper, out _)) return;
        var library = File.ReadAllBytes(wrapper);
        if (WeakSymbolVersion.Apply(library, UnusedVersion)) MemoryLibrary.Load(Wrapper, library);
    }

    private static bool TryLoad(string library) => Find(library) is { } path && NativeLibrary.TryLoad(path, out _);

    /// <summary>Where a program has its native libraries; scripts and notebooks have those of packages on the path instead.</summary>
    private static string? Find(string library) =>
        $"{AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES")}{Path.PathSeparator}{AppContext.BaseDirectory}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}"
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Combine(directory, library))
        .FirstOrDefault(File.Exists);
}
