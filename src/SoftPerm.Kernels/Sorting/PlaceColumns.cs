using System.Numerics;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Sorting;

/// <summary>Scratch columns over the finite places of one sequence, and the way there from the caller's matrices and back.</summary>
/// <param name="sorted">The sequences.</param>
/// <param name="sequence">Which one.</param>
/// <param name="memory">Holds the columns, one after the other.</param>
internal readonly ref struct PlaceColumns(SortedItems sorted, int sequence, Span<double> memory)
{
    private readonly Span<double> memory = memory;

    /// <summary>The sequence.</summary>
    public int Sequence { get; } = sequence;

    /// <summary>The place of the first finite score.</summary>
    public int First { get; } = sorted.Shape(sequence).First;

    /// <summary>The number of finite scores.</summary>
    public int Count { get; } = sorted.Shape(sequence).Finite;

    /// <summary>The item at each finite place.</summary>
    public ReadOnlySpan<int> Items => sorted.Order(Sequence).Slice(First, Count);

    /// <summary>One column.</summary>
    public Span<double> this[int column] => memory.Slice(column * Count, Count);

    /// <summary>All that lies behind some columns.</summary>
    public Span<double> Behind(int columns) => memory[(columns * Count)..];

    /// <summary>Loads a column of values by item, less the value in the middle, so that a common offset costs no accuracy.</summary>
    /// <returns>What was subtracted.</returns>
    public double LoadItems<T>(ItemMatrix<T> values, int column, Span<double> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Count == 0) return 0;
        var items = Items;
        var source = values.Column(Sequence, 1, column);
        var centre = source.Centre(items[Count / 2]);
        for (var i = 0; i < items.Length; i++) target[i] = double.CreateTruncating(source[items[i]]) - centre;
        return centre;
    }

    /// <summary>Loads a column of values by place.</summary>
    public void LoadPlaces<T>(PlaceValues<T> values, int column, Span<double> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => values.Load(Sequence, First, Count, column, target);

    /// <summary>Stores a column by item.</summary>
    public void StoreItems<T>(ReadOnlySpan<double> source, ItemMatrix<T> target, int column)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var items = Items;
        var values = target.Column(Sequence, 1, column);
        for (var i = 0; i < items.Length; i++) values[items[i]] = T.CreateTruncating(source[i]);
    }

    /// <summary>Stores a column by place, an offset added.</summary>
    public void StorePlaces<T>(ReadOnlySpan<double> source, double offset, ItemMatrix<T> target, int column)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = target.Column(Sequence, 1, column);
        for (var i = 0; i < source.Length; i++) values[First + i] = T.CreateTruncating(source[i] + offset);
    }

    /// <summary>Adds gradients on the sorted scores over τ to those of the items' scores and of τ.</summary>
    /// <remarks>What is relaxed depends on s/τ only, and not on a common offset.</remarks>
    /// <param name="gradients">The gradients, by finite place.</param>
    /// <param name="depths">Scratch.</param>
    /// <param name="scoreGradient">Receives those of the scores, added; may be empty.</param>
    /// <param name="temperatureGradient">Receives that of the sequence's temperature, added; may be empty.</param>
    public void AddGradient<T>(ReadOnlySpan<double> gradients, Span<double> depths, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var temperature = sorted.Temperature(Sequence);
        if (!temperatureGradient.IsEmpty) temperatureGradient[Sequence] += TemperatureGradient(gradients, depths) / temperature;
        if (!scoreGradient.IsWanted) return;
        var target = scoreGradient.Column(Sequence, 1, 0);
        var factor = sorted.Sign / temperature;
        var items = Items;
        for (var i = 0; i < items.Length; i++) target[items[i]] += T.CreateTruncating(gradients[i] * factor);
    }

    private double TemperatureGradient(ReadOnlySpan<double> gradients, Span<double> depths)
    {
        sorted.SetDepths(Sequence, depths);
        double sum = 0;
        for (var i = 0; i < depths.Length; i++) sum += gradients[i] * depths[i];
        return sum;
    }
}
