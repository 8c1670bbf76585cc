namespace SoftPerm.Kernels.SortingNetworks;

/// <summary>The comparators of a sorting network, in an order in which they can be passed.</summary>
internal sealed class Comparators
{
    /// <summary>The most comparators: those of an odd-even network of 16,384 wires, or of a bitonic one of a million. Each keeps 24 bytes a sequence.</summary>
    public const int Most = 1 << 27;

    private readonly int[] wires;

    private Comparators(int[] wires) => this.wires = wires;

    /// <summary>How many there are.</summary>
    public int Count => wires.Length / 2;

    /// <summary>The two wires of each: the one that gets the larger score, then the other.</summary>
    public ReadOnlySpan<int> Wires => wires;

    /// <summary>Lists those of layers over some number of wires.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are more than <see cref="Most"/>.</exception>
    public static Comparators Of(IEnumerable<NetworkLayer> layers, int wires)
    {
        // A layer has a comparator for two wires at most.
        var most = layers.LongCount() * (wires / 2);
        if (most > Most)
            throw new ArgumentOutOfRangeException(nameof(wires), wires, $"A sorting network may have {Most} comparators; one of these layers over so many items has more.");
        var found = new int[2 * most];
        var count = 0;
        foreach (var layer in layers)
        {
            for (var wire = layer.Offset; wire < wires; wire++)
            {
                var partner = layer.Partner(wire);
                if (partner <= wire || partner >= wires) continue;
                found[count++] = wire;
                found[count++] = partner;
            }
        }

        Array.Resize(ref found, count);
        return new Comparators(found);
    }
}
