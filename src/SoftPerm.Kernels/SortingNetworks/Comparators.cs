namespace SoftPerm.Kernels.SortingNetworks;

/// <summary>One layer of a sorting network: which wires meet. Of two that meet, the lower one gets the larger score.</summary>
/// <param name="Threshold">A network of no more wires than this does not have the layer.</param>
/// <param name="Offset">The wires below this meet none.</param>
/// <param name="Mask">The bits in which the numbers of two wires that meet differ, counted from the offset.</param>
internal readonly record struct NetworkLayer(int Threshold, int Offset, int Mask)
{
    /// <summary>The layers of odd-even transposition: neighbours meet, at even and at odd wires in turn; n layers.</summary>
    public static IEnumerable<NetworkLayer> OddEven(int wires)
    {
        for (var layer = 0; layer < wires; layer++) yield return new NetworkLayer(layer, layer & 1, 1);
    }

    /// <summary>The layers of bitonic sorting, k(k+1)/2 of them for up to 2^k wires.</summary>
    /// <remarks>In the form where two sorted halves are merged against each other: comparators all point the same way, so that
    /// wires missing from a power of two, which would lose every time, would stay where they are.</remarks>
    public static IEnumerable<NetworkLayer> Bitonic(int wires)
    {
        for (var half = 1; half < wires; half *= 2)
        {
            yield return new NetworkLayer(half, 0, 2 * half - 1);
            for (var stride = half / 2; stride > 0; stride /= 2) yield return new NetworkLayer(half, 0, stride);
        }
    }

    /// <summary>The wire that one meets, if there are so many; itself if it meets none.</summary>
    public int Partner(int wire) => wire < Offset ? wire : ((wire - Offset) ^ Mask) + Offset;
}

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
