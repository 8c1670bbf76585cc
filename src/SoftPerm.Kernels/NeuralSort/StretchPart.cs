using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>Neighbouring stretches whose blocks are added to the same column sums, one after the other.</summary>
/// <param name="FirstStretch">The first stretch.</param>
/// <param name="EndStretch">The stretch behind the last.</param>
/// <param name="FirstColumn">The first column they reach.</param>
/// <param name="EndColumn">The column behind the last they reach.</param>
/// <param name="Start">Where the sums of this part start in the memory of all but the first, whose sums are elsewhere.</param>
internal readonly record struct StretchPart(int FirstStretch, int EndStretch, int FirstColumn, int EndColumn, int Start)
{
    private const int Fewest = 4;
    private const int MostColumns = 4; // times the number of places

    /// <summary>Entries of one column sum, margins included.</summary>
    public int Width => EndColumn - FirstColumn + 2 * Panel.Margin;

    /// <summary>Cuts stretches into as many parts as possible without the sums growing too large together; none if there are no blocks.</summary>
    public static StretchPart[] Cut(ReadOnlySpan<Stretch> stretches, int places, int results)
    {
        var any = false;
        foreach (var stretch in stretches) any |= stretch.HasBlocks;
        if (!any) return [];
        for (var count = stretches.Length; ; count = (count + 1) / 2)
        {
            var parts = new StretchPart[count];
            long start = places; // a reference to place 0 of a part must not lie before the array
            for (var k = 0; k < count; k++)
            {
                parts[k] = Of(stretches, k * stretches.Length / count, (k + 1) * stretches.Length / count) with { Start = checked((int)start) };
                if (k > 0) start += parts[k].Width * (long)results;
            }

            if (count <= Fewest || start <= places + MostColumns * (long)places * results) return parts;
        }
    }

    /// <summary>The sums of this part by column.</summary>
    public Panel Sums(ScratchArray<double> memory, int results) => new(memory.Array, Start + Panel.Margin - FirstColumn, Width, results);

    /// <summary>Adds the sums of some columns to others.</summary>
    public void AddTo(Panel results, ScratchArray<double> memory, int first, int end)
    {
        var sums = Sums(memory, results.Columns);
        first = Math.Max(first, FirstColumn);
        end = Math.Min(end, EndColumn);
        for (var r = 0; r < results.Columns && first < end; r++)
        {
            Span<double> target = results.Span(r, first, end), addend = sums.Span(r, first, end);
            for (var k = 0; k < target.Length; k++) target[k] += addend[k];
        }
    }

    private static StretchPart Of(ReadOnlySpan<Stretch> stretches, int first, int end)
    {
        var part = new StretchPart(first, end, stretches[first].FirstColumn, stretches[first].EndColumn, 0);
        foreach (var stretch in stretches[first..end])
        {
            part = part with
            {
                FirstColumn = Math.Min(part.FirstColumn, stretch.FirstColumn),
                EndColumn = Math.Max(part.EndColumn, stretch.EndColumn),
            };
        }

        return part;
    }
}
