using System.Numerics;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Sorting;

/// <summary>X by place: what the caller gives, or the rows to be summed, a column for each sum that holds 1 at its places.</summary>
/// <param name="Given">X; nothing for sums of rows.</param>
/// <param name="Firsts">The first place of each sum, sequence after sequence.</param>
/// <param name="Columns">The columns, or sums.</param>
/// <param name="Count">The rows of a sum.</param>
internal readonly record struct PlaceValues<T>(ItemMatrix<T> Given, Buffer<int> Firsts, int Columns, int Count)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>X as given; all places count.</summary>
    public static PlaceValues<T> Of(ItemMatrix<T> values) => new(values, default, Math.Max(1, values.Columns), 0);

    /// <summary>The places that count for a column, which may be more than there are.</summary>
    public (int First, int End) Places(int sequence, int column)
    {
        if (Firsts.IsEmpty) return (0, int.MaxValue);
        var first = Firsts[(long)sequence * Columns + column];
        return (first, first + Count);
    }

    /// <summary>The value at a place that counts.</summary>
    public T At(int sequence, int place, int column) => Given.IsWanted ? Given.At(sequence, place, column) : T.One;

    /// <summary>Loads neighbouring places of a column, each some steps behind the one before.</summary>
    public void Load(int sequence, int firstPlace, int count, int column, Span<double> target, int step = 1)
    {
        if (Given.IsWanted)
        {
            var source = Given.Column(sequence, 1, column);
            for (int i = 0, at = 0; i < count; i++, at += step) target[at] = double.CreateTruncating(source[firstPlace + i]);
            return;
        }

        var (first, end) = Places(sequence, column);
        for (int place = firstPlace, at = 0; place < firstPlace + count; place++, at += step) target[at] = place >= first && place < end ? 1 : 0;
    }
}
