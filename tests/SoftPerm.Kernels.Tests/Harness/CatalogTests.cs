using SoftPerm.Kernels.Sorting;
using Xunit;

namespace SoftPerm.Kernels.Tests.Harness;

/// <summary>No kernel is left out.</summary>
public sealed class CatalogTests
{
    [Fact]
    public void Every_kernel_of_the_contract_is_in_the_harness() => Assert.Equal(
        typeof(SortOperators<>).Assembly.GetTypes().Where(type => !type.IsAbstract && IsSort(type)).OrderBy(type => type.Name),
        TestedKernel.All.Select(kernel => kernel.Type).Distinct().OrderBy(type => type.Name));

    private static bool IsSort(Type type)
    {
        for (var parent = type.BaseType; parent is not null; parent = parent.BaseType)
            if (parent.IsGenericType && parent.GetGenericTypeDefinition() == typeof(SortOperators<>)) return true;
        return false;
    }
}
