using SoftPerm.Training;

namespace SoftPerm.Benchmarks.Ratios;

/// <summary>Everything that is measured.</summary>
internal static class AllGroups
{
    /// <summary>The groups, in the order of the report.</summary>
    public static IReadOnlyList<Group> List { get; } = [Shapes.Group, Temperatures.Group, Growth.Group, Selection.Group, Relaxations.Group];

    /// <summary>A group by name.</summary>
    /// <exception cref="UserErrorException">There is none of that name.</exception>
    public static Group Find(string name) => List.FirstOrDefault(g => g.Name == name)
        ?? throw new UserErrorException($"There is no group '{name}'; allowed: {string.Join(", ", List.Select(g => g.Name))}.");
}
