namespace SoftPerm.Kernels.SortingNetworks;

/// <summary>The comparators of a sorting network, in an order in which they can be passed.</summary>
internal sealed class Comparators
{
    /// <summary>The most wires of a network: more than half a billion comparators of odd-even layers are beyond an array.</summary>
    public const int MostWires = 32_768;

    private readonly int[] wires;

    private Comparators(int[] wires) => this.wires = wires;

    /// <summary>How many there are.</summary>
    public int Count => wires.Length / 2;

    /// <summary>The two wires of each: the one that gets the larger score, then the other.</summary>
    public ReadOnlySpan<int> Wires => wires;

    /// <summary>Lists those of layers over some number of wires.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are more than <see cref="MostWires"/>.</exception>
    public static Comparators Of(IEnumerable<NetworkLayer> layers, int wires)
    {
        if (wires > MostWires)
            throw new ArgumentOutOfRangeException(nameof(wires), wires, $"A sorting network takes at most {MostWires} items: it keeps numbers for every comparator.");
        var found = new List<int>();
        foreach (var layer in layers)
        {
            for (var wire = 0; wire < wires; wire++)
            {
                var partner = layer.Partner(wire);
                if (partner > wire && partner < wires) found.AddRange([wire, partner]);
            }
        }

        return new Comparators([.. found]);
    }
}
