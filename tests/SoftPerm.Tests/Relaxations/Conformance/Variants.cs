using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations.Conformance;

/// <summary>Every relaxation of the catalog, in kernels and, where there are two, composed of tensor operations.</summary>
public static class Variants
{
    private const string Composed = " composed";

    private static readonly Dictionary<string, Func<Tensor, bool, IRelaxation>> InTensorOperations = new()
    {
        ["neural-sort"] = (temperature, descending) => new NeuralSort(temperature, descending) { TwiceDifferentiable = true },
        ["soft-sort"] = (temperature, descending) => new SoftSort(temperature, descending) { TwiceDifferentiable = true },
        ["sinkhorn"] = (temperature, descending) => new SinkhornSort(temperature, descending) { TwiceDifferentiable = true },
        ["soft-sort-squared"] = (temperature, descending) => new SoftSort(temperature, descending) { Power = 2, TwiceDifferentiable = true },
        ["lap-sum"] = (temperature, descending) => new LapSum(temperature, descending) { TwiceDifferentiable = true },
        ["odd-even"] = (temperature, descending) => new SortingNetwork(temperature, descending) { TwiceDifferentiable = true },
        ["bitonic"] = (temperature, descending) =>
            new SortingNetwork(temperature, descending) { Layout = NetworkLayout.Bitonic, TwiceDifferentiable = true },
    };

    /// <summary>The names of all variants.</summary>
    public static TheoryData<string> Orderings => [.. RelaxationCatalog.All.Select(r => r.Name), .. InTensorOperations.Keys.Select(name => name + Composed)];

    /// <summary>Those with a matrix.</summary>
    public static TheoryData<string> All => With(RelaxationProperties.Matrix);

    /// <summary>The variants that declare some property.</summary>
    public static TheoryData<string> With(RelaxationProperties property) => [.. Orderings.Select(variant => variant.Data).Where(variant => Known(variant).Properties.HasFlag(property))];

    /// <summary>What the catalog says of a variant.</summary>
    public static KnownRelaxation Known(string variant) => RelaxationCatalog.Of(variant.Replace(Composed, "", StringComparison.Ordinal));

    /// <summary>Makes a variant.</summary>
    public static ISoftOrdering Ordering(string variant, Tensor temperature, bool descending = true) => variant.EndsWith(Composed, StringComparison.Ordinal)
        ? InTensorOperations[Known(variant).Name](temperature, descending)
        : Known(variant).Create(temperature, descending);

    /// <summary>Makes a variant that has a matrix.</summary>
    public static IRelaxation Create(string variant, Tensor temperature, bool descending = true) => (IRelaxation)Ordering(variant, temperature, descending);

    /// <summary>Makes a variant and relaxes scores, at a temperature of 1 unless another is given.</summary>
    public static RelaxedPermutation Relax(string variant, Tensor scores, double temperature = 1, Tensor? mask = null, bool descending = true) =>
        Create(variant, tensor(temperature, float64), descending).Relax(scores, mask);
}
