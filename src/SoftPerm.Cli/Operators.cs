using static TorchSharp.torch;

namespace SoftPerm.Cli;

/// <summary>The operators that <c>softperm apply</c> knows by name: the relaxations with a matrix.</summary>
internal static class Operators
{
    /// <summary>Makes an operator of a temperature, a tensor so that it may carry a gradient, and a direction.</summary>
    public delegate IRelaxation Factory(Tensor temperature, bool descending);

    /// <summary>Every operator by its name on the command line.</summary>
    public static readonly IReadOnlyDictionary<string, Factory> ByName = RelaxationCatalog.All
        .Where(known => known.Properties.HasFlag(RelaxationProperties.Matrix))
        .ToDictionary(known => known.Name, known => (Factory)((temperature, descending) => (IRelaxation)known.Create(temperature, descending)));
}
