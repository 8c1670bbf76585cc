namespace SoftPerm.Cli;

/// <summary>How the tool was called, so that what a message tells the user to type is what this user can type.</summary>
public static class ToolInvocation
{
    private const string Name = "softperm", Program = "SoftPerm.Cli";

    private static readonly string Prefix = Of(Environment.ProcessPath, Environment.GetCommandLineArgs()[0], Environment.CurrentDirectory);

    /// <summary>A command of the tool, as this user calls it.</summary>
    /// <param name="arguments">The arguments; one with spaces is quoted.</param>
    public static string Line(params IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quoted).Prepend(Prefix));

    /// <summary>A command as the documentation writes it, <c>softperm data list</c>, perhaps behind a pipe, as this user calls it.</summary>
    public static string Like(string documented) => Like(documented, Prefix);

    /// <summary>The same for what stands before the arguments.</summary>
    internal static string Like(string documented, string prefix) =>
        string.Join("| ", documented.Split("| ").Select(part => part.StartsWith($"{Name} ", StringComparison.Ordinal) ? $"{prefix}{part[Name.Length..]}" : part));

    /// <summary>What stands before the arguments.</summary>
    /// <param name="process">The file that runs: the tool's own, or dotnet.</param>
    /// <param name="program">The first of the command-line arguments: the assembly, or the process.</param>
    /// <param name="folder">The current folder.</param>
    internal static string Of(string? process, string program, string folder)
    {
        if (process is null || NameOf(program) != Program) return Name; // installed as a tool, or hosted by another program
        string Here(string path) => Path.GetRelativePath(folder, path) is var near && near.Length < path.Length ? near : path;
        var output = Path.GetDirectoryName(Path.GetFullPath(program, folder))!;
        if (NameOf(process) == "dotnet") return IsToolPackage(output) ? $"dotnet {Name}" : $"dotnet {Quoted(Here(Path.GetFullPath(program, folder)))}";
        if (NameOf(process) != Program) return Name;
        if (process.Split($"{Path.DirectorySeparatorChar}.store{Path.DirectorySeparatorChar}") is [var tools, _]) return Installed(tools, Here);
        var configuration = Path.GetDirectoryName(output);
        var project = Path.GetDirectoryName(Path.GetDirectoryName(configuration)); // of PROJECT/bin/CONFIGURATION/FRAMEWORK
        return project is not null && File.Exists(Path.Join(project, $"{Program}.csproj"))
            ? $"dotnet run -c {Path.GetFileName(configuration)} --project {Quoted(Here(project))} --"
            : Quoted(Here(process) is var near && near.Contains(Path.DirectorySeparatorChar) ? near : Path.Join(".", near)); // a bare name is looked for elsewhere
    }

    /// <summary>A tool in a folder of tools, .dotnet/tools or one given by --tool-path: by its name where shells find it, else by its place.</summary>
    private static string Installed(string tools, Func<string, string> here) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Contains(tools) ? Name : Quoted(here(Path.Join(tools, Name)));

    /// <summary>Whether a folder is one of a package of a tool, tools/FRAMEWORK/SYSTEM.</summary>
    private static bool IsToolPackage(string output) => Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(output))) == "tools";

    /// <summary>The file's name without what systems put behind those of programs; a dot within it stays.</summary>
    private static string NameOf(string path) =>
        Path.GetExtension(path) is ".dll" or ".exe" ? Path.GetFileNameWithoutExtension(path) : Path.GetFileName(path);

    private static string Quoted(string argument) => argument.Length == 0 || argument.Any(char.IsWhiteSpace) ? $"\"{argument}\"" : argument;
}
