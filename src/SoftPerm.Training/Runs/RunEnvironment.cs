using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace SoftPerm.Training.Runs;

/// <summary>Where and how a result came about: enough to run it again and to judge its speed.</summary>
/// <param name="Command">The command line, without the folders that the program and full paths are in.</param>
/// <param name="Commit">The git commit this was built from, or "unknown".</param>
/// <param name="Machine">The processor's model, or its architecture where the system does not name the model.</param>
/// <param name="Cores">Logical processors this process may use.</param>
/// <param name="TorchThreads">Threads libtorch uses inside one operation.</param>
/// <param name="OperatingSystem">The system and its version.</param>
/// <param name="Runtime">The .NET runtime and its version.</param>
/// <param name="Started">When this was captured, in universal time.</param>
public sealed record RunEnvironment(
    string Command,
    string Commit,
    string Machine,
    int Cores,
    int TorchThreads,
    string OperatingSystem,
    string Runtime,
    DateTimeOffset Started)
{
    private const string Unknown = "unknown";

    /// <summary>Describes this process.</summary>
    public static RunEnvironment Capture() => new(
        CommandOf(Environment.GetCommandLineArgs()),
        CommitOf(typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion),
        File.Exists("/proc/cpuinfo") ? ProcessorOf(File.ReadLines("/proc/cpuinfo")) : RuntimeInformation.OSArchitecture.ToString(),
        Environment.ProcessorCount,
        torch.get_num_threads(),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        DateTimeOffset.UtcNow);

    /// <summary>The command with the names of folders and files, and not where on this machine they are.</summary>
    internal static string CommandOf(IReadOnlyList<string> arguments) =>
        string.Join(' ', arguments.Skip(1).Select(Shortened).Select(a => a.Length == 0 || a.Any(char.IsWhiteSpace) ? $"\"{a}\"" : a).Prepend(Path.GetFileNameWithoutExtension(arguments[0])));

    private static string Shortened(string argument)
    {
        var value = argument.StartsWith('-') ? argument.IndexOf('=', StringComparison.Ordinal) + 1 : 0; // of an option with its value, as x=/a/b, the part behind the sign
        return Path.IsPathFullyQualified(argument[value..]) ? $"{argument[..value]}…/{Path.GetFileName(Path.TrimEndingDirectorySeparator(argument))}" : argument;
    }

    /// <summary>The SDK writes the commit behind a plus: 0.1.0+3f2a….</summary>
    internal static string CommitOf(string? informationalVersion) =>
        informationalVersion?.Split('+') is [_, { Length: > 0 } commit] ? commit : Unknown;

    internal static string ProcessorOf(IEnumerable<string> processorInformation) =>
        processorInformation.Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .FirstOrDefault(field => field is ["model name", { Length: > 0 }])?[1] ?? RuntimeInformation.OSArchitecture.ToString();
}
