using System.Text.Json;

namespace SoftPerm.TestKit;

/// <summary>Reads the golden files: results of an independent implementation, straight from the definitions.</summary>
public static class Golden
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The cases of NeuralSort.</summary>
    public static IReadOnlyList<NeuralSortCase> NeuralSort { get; } = Read<NeuralSortCase>("neural_sort.json");

    /// <summary>The cases of the Plackett-Luce distribution.</summary>
    public static IReadOnlyList<PlackettLuceCase> PlackettLuce { get; } = Read<PlackettLuceCase>("plackett_luce.json");

    /// <summary>The cases of the Sinkhorn operator.</summary>
    public static IReadOnlyList<SinkhornCase> Sinkhorn { get; } = Read<SinkhornCase>("sinkhorn.json");

    /// <summary>The cases of SoftSort.</summary>
    public static IReadOnlyList<SoftSortCase> SoftSort { get; } = Read<SoftSortCase>("soft_sort.json");

    /// <summary>The cases of the projection onto the permutahedron.</summary>
    public static IReadOnlyList<PermutahedronCase> Permutahedron { get; } = Read<PermutahedronCase>("permutahedron.json");

    private static T[] Read<T>(string name)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "golden", name));
        return JsonSerializer.Deserialize<T[]>(file, Options) is { Length: > 0 } cases
            ? cases
            : throw new InvalidDataException($"The golden file {name} holds no case.");
    }
}
