namespace SoftPerm.Kernels.SortingNetworks;

/// <summary>The comparators of a sorting network, in an order in which they can be passed.</summary>
internal sealed class Comparators
{
    private readonly int[] wires;

    private Comparators(int[] wires) => this.wires = wires;

    /// <summary>How many there are.</summary>
    public int Count => wires.Length / 2;

    /// <summary>The two wires of each: the one that gets the larger score, then the other.</summary>
    public ReadOnlySpan<int> Wires => wires;

    /// <summary>Lists those of layers over some number of wires.</summary>
    public static Comparators Of(IEnumerable<NetworkLayer> layers, int wires)
    {
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
