using Mono.Cecil;
using SoftPerm.TestKit;
using TorchSharp;
using Xunit;

namespace SoftPerm.Tests.Interop;

/// <summary>BannedSymbols.txt names every way in which TorchSharp hands libtorch a number that nothing holds.</summary>
public sealed class BannedSymbolsTests
{
    // What else makes numbers, optimizers and distributions for example, is banned as a whole.
    private static readonly string[] Owners =
    [
        "TorchSharp.Scalar", "TorchSharp.torch", "TorchSharp.torch/Tensor", "TorchSharp.torch/linalg", "TorchSharp.torch/nn",
        "TorchSharp.torch/nn/functional", "TorchSharp.torch/nn/utils", "TorchSharp.Modules.SummaryWriter",
    ];

    [Fact]
    public void Every_operation_that_makes_a_number_of_its_own_is_banned()
    {
        using var torchSharp = ModuleDefinition.ReadModule(typeof(Scalar).Assembly.Location);
        var making = MakingNumbers(torchSharp);
        var found = making.Where(m => m.IsPublic && Owners.Contains(m.DeclaringType.FullName)).Concat(FactoriesOf(torchSharp, making)).Select(Documented);
        var banned = File.ReadLines(RepositoryFolder.At("BannedSymbols.txt")).Select(line => line.Split(';')[0]).ToHashSet();
        Assert.Contains("M:TorchSharp.torch.Tensor.square", banned);
        Assert.Empty(found.Except(banned));
    }

    /// <summary>The methods that convert a number to a Scalar, and those that call them.</summary>
    private static HashSet<MethodDefinition> MakingNumbers(ModuleDefinition module)
    {
        var calls = module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody).SelectMany(Calls).ToLookup(c => c.Callee, c => c.Caller);
        var making = new HashSet<MethodDefinition>();
        var rest = new Queue<MethodDefinition>(module.GetType("TorchSharp.Scalar").Methods.Where(m => m.Name == "op_Implicit")
            .Concat(module.GetType("TorchSharp.ScalarExtensionMethods").Methods.Where(m => m.ReturnType.Name == "Scalar")));
        while (rest.TryDequeue(out var callee))
        {
            if (!making.Add(callee)) continue;
            foreach (var caller in calls[callee]) rest.Enqueue(caller);
        }

        return making;
    }

    private static IEnumerable<(MethodDefinition Callee, MethodDefinition Caller)> Calls(MethodDefinition caller) =>
        from instruction in caller.Body.Instructions
        let reference = instruction.Operand as MethodReference
        where reference is not null && reference.DeclaringType.Scope.Name.StartsWith("TorchSharp", StringComparison.Ordinal)
        let callee = reference.Resolve()
        where callee is not null
        select (callee, caller);

    /// <summary>Makers of modules that make a number in their forward or constructor: what calls those is not seen in the source.</summary>
    private static IEnumerable<MethodDefinition> FactoriesOf(ModuleDefinition module, HashSet<MethodDefinition> making)
    {
        var types = making.Where(m => m.Name == "forward" || m.IsConstructor).Select(m => m.DeclaringType.FullName).ToHashSet();
        bool Makes(TypeDefinition? type) => type is not null && (types.Contains(type.FullName) || Makes(Parent(type)));
        return module.GetType("TorchSharp.torch/nn").Methods
            .Where(m => m.IsPublic && m.ReturnType.Namespace == "TorchSharp.Modules" && Makes(module.GetType(m.ReturnType.FullName)));
    }

    private static TypeDefinition? Parent(TypeDefinition type) =>
        type.BaseType is { } parent && parent.Scope.Name.StartsWith("TorchSharp", StringComparison.Ordinal) ? parent.Resolve() : null;

    private static string Documented(MethodDefinition method)
    {
        var parameters = string.Join(",", method.Parameters.Select(p => Documented(p.ParameterType)));
        var name = $"M:{method.DeclaringType.FullName.Replace('/', '.')}.{method.Name}{(parameters.Length == 0 ? "" : $"({parameters})")}";
        return method.Name == "op_Implicit" ? $"{name}~{Documented(method.ReturnType)}" : name;
    }

    private static string Documented(TypeReference type) => type switch
    {
        GenericInstanceType generic =>
            $"{generic.ElementType.FullName.Split('`')[0].Replace('/', '.')}{{{string.Join(",", generic.GenericArguments.Select(Documented))}}}",
        ArrayType array => $"{Documented(array.ElementType)}[]",
        _ => type.FullName.Replace('/', '.'),
    };
}
