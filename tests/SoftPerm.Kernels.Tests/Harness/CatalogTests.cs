using System.Reflection;
using SoftPerm.Kernels.Assignment;
using SoftPerm.Kernels.LapSum;
using SoftPerm.Kernels.NeuralSort;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Permutahedron;
using SoftPerm.Kernels.Sorting;
using Xunit;

namespace SoftPerm.Kernels.Tests.Harness;

/// <summary>No kernel is left out.</summary>
public sealed class CatalogTests
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Who takes memory of the caller's but is no <see cref="SortOperators{T}"/>, and which tests hold it to a definition.</summary>
    private static readonly Dictionary<Type, Type> Others = new()
    {
        [typeof(PermutahedronOperators<>)] = typeof(ProjectionTests),
        [typeof(ShortLists<>)] = typeof(ProjectionTests),
        [typeof(TopKChoice<>)] = typeof(ProjectionTests),
        [typeof(SortedItems)] = typeof(SortOperatorsTests),
        [typeof(ScopeTransfers)] = typeof(SortOperatorsTests), // parts of NeuralSort
        [typeof(ScoreGradients)] = typeof(SortOperatorsTests),
        [typeof(LinearAssignment)] = typeof(Assignment.LinearAssignmentTests),
        [typeof(SortKernel)] = typeof(SortKernelTests),
        [typeof(SortKernel<>)] = typeof(SortKernelTests),
        [typeof(PermutahedronKernel)] = typeof(PermutahedronKernelTests),
        [typeof(PermutahedronKernel<>)] = typeof(PermutahedronKernelTests),
    };

    [Fact]
    public void Every_kernel_of_the_contract_is_in_the_harness() => Assert.Equal(
        typeof(SortOperators<>).Assembly.GetTypes().Where(type => !type.IsAbstract && IsSort(type)).OrderBy(type => type.Name),
        TestedKernel.All.Select(kernel => kernel.Type).Distinct().OrderBy(type => type.Name));

    /// <summary>A class that the assembly shows, and that takes buffers in its public members or has spans in its public face, is a kernel.</summary>
    [Fact]
    public void Every_other_entry_is_tested_by_itself() => Assert.Equal(
        Others.Keys.OrderBy(type => type.Name),
        typeof(SortOperators<>).Assembly.GetTypes()
            .Where(type => type.IsClass && !type.IsNested && !IsSort(type) && type != typeof(SortOperators<>) && !type.Name.StartsWith('<') && TakesMemory(type))
            .OrderBy(type => type.Name));

    private static bool TakesMemory(Type type) =>
        type.GetMembers(Own).OfType<MethodBase>().Where(method => method.IsPublic).SelectMany(method => method.GetParameters()).Any(parameter =>
            parameter.ParameterType is { IsGenericType: true } given && Memory(type).Contains(given.GetGenericTypeDefinition()));

    private static Type[] Memory(Type type) =>
        [typeof(Buffer<>), typeof(ScoreBatch<>), typeof(ItemMatrix<>), .. type.IsPublic ? [typeof(ReadOnlySpan<>), typeof(Span<>)] : Array.Empty<Type>()];

    private static bool IsSort(Type type)
    {
        for (var parent = type.BaseType; parent is not null; parent = parent.BaseType)
            if (parent.IsGenericType && parent.GetGenericTypeDefinition() == typeof(SortOperators<>)) return true;
        return false;
    }
}
