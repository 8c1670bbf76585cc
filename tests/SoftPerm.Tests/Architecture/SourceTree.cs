using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Mono.Cecil;

namespace SoftPerm.Tests.Architecture;

/// <summary>A type that stands in no other.</summary>
/// <param name="Folder">The folder of the project that declares it, "." for its root.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name without type parameters.</param>
/// <param name="IsPublic">Whether users see it.</param>
internal sealed record Declared(string Folder, string Namespace, string Name, bool IsPublic)
{
    /// <summary>Its folder and name.</summary>
    public string Path => $"{Folder}/{Name}";
}

/// <summary>A use of one type by another.</summary>
internal sealed record Use(Declared User, Declared Used)
{
    /// <inheritdoc/>
    public override string ToString() => $"{User.Path} uses {Used.Path}";
}

/// <summary>A project as the architecture tests see it: the types its sources declare, and which of them use which.</summary>
/// <remarks>Folders are read from the sources, uses from the compiled code: comments and idle imports do not count, and what a lambda does counts as
/// its type's. Constants are not seen, as the compiler copies them.</remarks>
internal sealed partial class SourceTree
{
    /// <summary>Reads a project.</summary>
    /// <param name="folder">Where its sources are; its bin and obj do not count.</param>
    /// <param name="assembly">What they were compiled to, with others or alone.</param>
    public SourceTree(string folder, string assembly)
    {
        Files = [.. from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
                    let path = Path.GetRelativePath(folder, file).Replace('\\', '/')
                    where path.Split('/')[0] is not ("bin" or "obj")
                    select (path, File.ReadAllText(file))];
        var folders = Files.SelectMany(file => Declarations(file.Text).Select(type => (Type: type, Folder: FolderOf(file.Path)))).Distinct()
            .ToLookup(declared => declared.Type, declared => declared.Folder);
        using var module = ModuleDefinition.ReadModule(assembly);
        var types = module.Types.Where(type => folders.Contains(Name(type.FullName)))
            .ToDictionary(type => type, type => new Declared(folders[Name(type.FullName)].Single(), type.Namespace, Name(type.Name), type.IsPublic));
        Types = [.. types.Values];
        Unfound = [.. module.Types.Where(type => !types.ContainsKey(type) && !IsOfCompiler(type)).Select(type => type.FullName)];
        Assemblies = [.. module.AssemblyReferences.Select(reference => reference.Name)];
        Uses = [.. from user in types
                   from used in References(user.Key).SelectMany(Parts).Select(Outermost).Distinct()
                   where used != user.Key && types.ContainsKey(used)
                   select new Use(user.Value, types[used])];
    }

    /// <summary>Its sources: the path of each within the project, and its text.</summary>
    public IReadOnlyList<(string Path, string Text)> Files { get; }

    /// <summary>The types that its sources declare.</summary>
    public IReadOnlyList<Declared> Types { get; }

    /// <summary>Types of the assembly that no source was found to declare.</summary>
    public IReadOnlyList<string> Unfound { get; }

    /// <summary>All uses of each other among the types.</summary>
    public IReadOnlyList<Use> Uses { get; }

    /// <summary>The assemblies it needs.</summary>
    public IReadOnlyList<string> Assemblies { get; }

    /// <summary>The folder of a source, "." for the project's own.</summary>
    public static string FolderOf(string path) => path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : ".";

    /// <summary>The types that a source declares, with its namespace and without type parameters.</summary>
    public static IEnumerable<string> Declarations(string source)
    {
        var code = CommentOrText().Replace(source, " ");
        var space = Namespace().Match(code).Groups[1].Value;
        return Declaration().Matches(code).Select(match => $"{space}.{match.Groups[1].Value}");
    }

    private static string Name(string name) => name.Split('`')[0];

    private static bool IsOfCompiler(TypeDefinition type) =>
        type.Name.StartsWith('<') || type.CustomAttributes.Any(a => a.AttributeType.FullName == typeof(CompilerGeneratedAttribute).FullName);

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } around ? Outermost(around) : type;

    /// <summary>What a type and those within it name: in declarations, attributes and code.</summary>
    private static IEnumerable<TypeReference?> References(TypeDefinition type) =>
    [
        type.BaseType,
        .. type.Interfaces.Select(each => each.InterfaceType),
        .. type.GenericParameters.SelectMany(each => each.Constraints).Select(each => each.ConstraintType),
        .. type.CustomAttributes.Select(each => each.AttributeType),
        .. type.Fields.Select(each => each.FieldType),
        .. type.Methods.SelectMany(References),
        .. type.NestedTypes.SelectMany(References),
    ];

    private static IEnumerable<TypeReference?> References(MethodDefinition method) =>
    [
        method.ReturnType,
        .. method.Parameters.Select(each => each.ParameterType),
        .. method.GenericParameters.SelectMany(each => each.Constraints).Select(each => each.ConstraintType),
        .. method.CustomAttributes.Select(each => each.AttributeType),
        .. method.HasBody ? method.Body.Variables.Select(each => each.VariableType) : [],
        .. method.HasBody ? method.Body.ExceptionHandlers.Select(each => each.CatchType) : [],
        .. method.HasBody ? method.Body.Instructions.SelectMany(each => Named(each.Operand)) : [],
    ];

    private static IEnumerable<TypeReference?> Named(object? operand) => operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        GenericInstanceMethod method => [method.DeclaringType, method.ReturnType, .. method.GenericArguments],
        MethodReference method => [method.DeclaringType, method.ReturnType],
        _ => [],
    };

    /// <summary>The types of this assembly that a reference is made of: of <c>Shared&lt;Engine&gt;[]</c>, Shared and Engine.</summary>
    private static IEnumerable<TypeDefinition> Parts(TypeReference? reference) => reference switch
    {
        TypeDefinition definition => [definition],
        GenericInstanceType generic => [.. Parts(generic.ElementType), .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification made => Parts(made.ElementType),
        _ => [],
    };

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/|""(?:\\.|[^""\\\n])*""", RegexOptions.Singleline)]
    private static partial Regex CommentOrText();

    [GeneratedRegex(@"\bnamespace\s+([\w.]+)")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record(?!\s+(?:class|struct)\b)|delegate\s+[\w<>\[\]?.,]+)\s+(\w+)")]
    private static partial Regex Declaration();
}
